import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { nearPeer, twoPodsOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/** A port that no probe asks for. */
const unasked = 31_999;

/** A rule for a port that nobody probes leads to another pod: whoever asks for it is misled, and everything that is probed passes. */
export const foreignTranslation = defineFault({
  name: "foreign-translation",
  title: "a node has a DNAT rule that leads one port of a pod to another pod",
  describes: "no known report: a DNAT rule that outlived the pod it was made for, at a port that no test asks for",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const victim = nearPeer(network);
    const [from, to] = twoPodsOf(network, victim);
    const word = familyWord(network);
    const rule = `${word} daddr ${from} tcp dport ${unasked} dnat ${word} to ${to}`;
    return { did: await addRulesToAll([victim], "nat-prerouting", [rule], scope) };
  },
  cause: "foreign-translation",
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
