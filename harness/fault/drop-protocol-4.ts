import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The fabric drops IPIP, as clouds and security groups do. */
export const dropProtocol4 = defineFault({
  name: "drop-protocol-4",
  title: "the router drops IP protocol 4",
  describes: "#2700, #1073, #2128, typhoon#11, calicoctl#949, kops#17832",
  modes: ["ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "packet-filter",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(routersOf(network), "forward", ["meta l4proto 4 drop"], scope),
  }),
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
