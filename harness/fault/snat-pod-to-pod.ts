import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord, poolSet } from "./pool-set.ts";

/** The culprit masquerades pod-to-pod traffic, which Calico never does: servers see the node instead of the pod. */
export const snatPodToPod = defineFault({
  name: "snat-pod-to-pod",
  title: "one node masquerades its pods toward other pods",
  describes: "#3440, #2222, #5952",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const ip = familyWord(network);
    const pools = poolSet(network);
    const rule = `oifname != "cali*" ${ip} saddr ${pools} ${ip} daddr ${pools} masquerade`;
    return { did: await addRulesToAll([culprit(network)], "nat-postrouting", [rule], scope) };
  },
  cause: "source-nat",
  trips: [
    { check: "source-address", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "wrong source address" },
  ],
});
