import { Scope } from "../core/scope.ts";
import { defineFault } from "./fault.ts";
import { rewriteOuter } from "./rewrite-outer.ts";

/** The router marks what it forwards with a class of its own. */
export const dscpRewritten = defineFault({
  name: "dscp-rewritten",
  title: "the router gives tunneled packets a DSCP of its own",
  describes: "no report known: a fabric that trusts no marks of hosts",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "outer-header",
  apply: async (network, _plan, scope = new Scope()) => ({ did: await rewriteOuter(network, "dscp set cs1", scope) }),
  trips: [
    { check: "outer-header", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer header" },
  ],
});
