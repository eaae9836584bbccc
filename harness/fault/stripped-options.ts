import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A node takes the MSS option out of its pods' connections: TCP's ends fall back on 536 bytes (RFC 9293 3.7.1), and all is reached. */
export const strippedOptions = defineFault({
  name: "stripped-options",
  title: "a node takes the MSS option out of TCP connections",
  describes: "no known report: a rule or a middlebox that normalizes TCP options away",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll([culprit(network)], "forward", ["reset tcp option maxseg"], scope),
  }),
  cause: "mss-rewritten",
  trips: [{ check: "mss", status: "fail", path: "*/pod-to-pod/*", category: "wrong MTU" }],
});
