import { Scope } from "../core/scope.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The router marks what it forwards with a class of its own. */
export const dscpRewritten = defineFault({
  name: "dscp-rewritten",
  title: "the router gives tunneled packets a DSCP of its own",
  describes: "no report known: a fabric that trusts no marks of hosts",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "outer-header",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(
      routersOf(network),
      "forward",
      ["ip", "ip6"].map((family) => `udp dport ${vxlanPort} ${family} dscp set cs1`),
      scope,
    ),
  }),
  trips: [
    { check: "outer-header", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer header" },
  ],
});
