import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The culprit gives its pods' packets so short a life that the next node ends them. */
export const expiringTtl = defineFault({
  name: "expiring-ttl",
  title: "a node sets the TTL of pods' packets to 1",
  describes: "no known report: a rule that should keep multicast or tethering in its place",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "header-rewritten",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll([culprit(network)], "forward", ["ip ttl set 1", "ip6 hoplimit set 1"], scope),
  }),
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "not reached" }],
});
