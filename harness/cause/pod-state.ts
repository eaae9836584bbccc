import { ofPlaces } from "./of-places.ts";
import { unanswered } from "./unanswered.ts";

/** A pod's own network is not as Calico's CNI plugin has set it up: somebody changed it in the pod. */
export const podState = ofPlaces({
  name: "pod-state",
  issues: ["#3589", "#8674"],
  what: "pod",
  because: unanswered,
  fixes: {
    device: "make the pod again: Calico's CNI plugin sets up device, address and MTU once, when it is made",
    "no gateway": "put it back (ip route add default via 169.254.1.1 dev eth0), or make the pod again",
    "wrong route": "remove that route in the pod (ip route), or make the pod again",
    neighbor:
      "remove a wrong entry (ip neigh del, in the pod or on its node), and see that its end of the wire on the node is up, has proxy_arp 1 and answers",
    address: "remove the address from the pod that it does not belong to",
    setting: "set it to 0 in the pod (sysctl -w)",
  },
});
