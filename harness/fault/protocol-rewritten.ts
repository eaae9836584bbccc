import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A protocol of RFC 3692's for experiments: whoever gets it throws it away. */
const experimental = 253;

/** The culprit writes another protocol into the IP header of its pods' packets, which nobody takes. */
export const protocolRewritten = defineFault({
  name: "protocol-rewritten",
  title: "a node writes another protocol number into pods' packets",
  describes: "no known report: what a rule does that was meant to hide a tunnel from a middlebox",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "untold-rewrite",
  apply: async (network, _plan, scope = new Scope()) => {
    const rules = [`ip protocol set ${experimental}`, `ip6 nexthdr set ${experimental}`];
    return { did: await addRulesToAll([culprit(network)], "forward", rules, scope) };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "not reached" }],
});
