import { ofPlaces } from "./of-places.ts";

/** A router between the racks does not pass packets on as the plan has it. */
export const routerState = ofPlaces({
  name: "router-state",
  issues: ["#2230", "calicoctl#415", "#9138"],
  what: "router",
  fixes: {
    setting: "set it to 1 on the router (sysctl -w)",
    device:
      "set the router's port as the topology has it (ip link, ip addr), or give pods and tunnel an MTU that fits the narrowest link",
    "wrong way": "correct the router's route: ip route get for that address there",
    rule: "remove the rule there (ip rule del), or exempt nodes' and pods' addresses from it",
    address: "remove the address from the router",
    local: "put the router's table local right: ip route show table local",
  },
});
