import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** Bytes of TCP data in each segment that the node lets its pods agree on; some 1400 would fit. */
const clampedTo = 600;

/** A node clamps TCP's segments: all is reached, and each packet carries less than half of what it could. */
export const clampedMss = defineFault({
  name: "clamped-mss",
  title: `a node rewrites the MSS of TCP connections to ${clampedTo} bytes`,
  describes: "no known report: a firewall that clamps for a tunnel of its own",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  apply: async (network, _plan, scope = new Scope()) => {
    const rule = `tcp flags & (syn|rst) == syn tcp option maxseg size set ${clampedTo}`;
    return { did: await addRulesToAll([culprit(network)], "forward", [rule], scope) };
  },
  cause: "mss-rewritten",
  trips: [{ check: "mss", status: "fail", path: "*/pod-to-pod/*", category: "wrong MTU" }],
});
