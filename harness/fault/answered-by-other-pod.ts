import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { nearPeer, twoPodsOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/** A node hands its first pod's TCP connections to its second pod: every request is answered, by the wrong one. */
export const answeredByOtherPod = defineFault({
  name: "answered-by-other-pod",
  title: "the TCP connections of one pod are redirected to another pod of its node",
  describes: "no known report: a DNAT rule that outlived the pod it was made for",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const victim = nearPeer(network);
    const [from, to] = twoPodsOf(network, victim);
    const rule = `${familyWord(network)} daddr ${from} meta l4proto tcp dnat ${familyWord(network)} to ${to}`;
    return { did: await addRulesToAll([victim], "nat-prerouting", [rule], scope) };
  },
  cause: "other-server",
  follows: ["reached", "conservation", "control-plane"],
  trips: [
    { check: "answered-by", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "answered by another" },
  ],
});
