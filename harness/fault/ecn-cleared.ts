import { Scope } from "../core/scope.ts";
import { defineFault } from "./fault.ts";
import { rewriteOuter } from "./rewrite-outer.ts";

/** The router clears the marks of congestion, so that nobody is ever told of it. */
export const ecnCleared = defineFault({
  name: "ecn-cleared",
  title: "the router clears ECN of tunneled packets",
  describes: "no report known: old routers treat the eight bits as TOS (RFC 6040)",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "outer-header",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await rewriteOuter(network, "ecn set not-ect", scope),
  }),
  trips: [
    { check: "outer-header", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer header" },
  ],
});
