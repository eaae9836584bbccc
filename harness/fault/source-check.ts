import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord, poolSet } from "./pool-set.ts";

/** A node's port accepts only packets from addresses that the fabric gave out, as clouds' source/destination checks do. */
export const sourceCheck = defineFault({
  name: "source-check",
  title: "a node's port drops plain packets from pod addresses",
  describes: "#9138, #6568, #8166, #7462, calicoctl#2136",
  modes: ["none", "vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "packet-filter",
  apply: async (network, _plan, scope = new Scope()) => {
    const victim = nearPeer(network);
    const rule = `iifname "${victim.identity.uplink}" ${familyWord(network)} saddr ${poolSet(network)} drop`;
    return { did: await addRulesToAll([victim], "prerouting", [rule], scope) };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "not reached" }],
});
