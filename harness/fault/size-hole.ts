import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** Bytes of IP packet, outer headers included, that the router loses. */
const hole = { from: 1200, to: 1300 };

/** The router loses packets of some sizes in the middle; smaller and larger ones pass. */
export const sizeHole = defineFault({
  name: "size-hole",
  title: `the router loses packets of ${hole.from} to ${hole.to} bytes, and no others`,
  describes: "no known report: a port that corrupts frames of some sizes",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => ({
    // IPv6 counts the payload only: 40 bytes of header less.
    did: await addRulesToAll(
      routersOf(network),
      "forward",
      [`ip length ${hole.from}-${hole.to} drop`, `ip6 length ${hole.from - 40}-${hole.to - 40} drop`],
      scope,
    ),
  }),
  cause: "packet-filter",
  follows: ["reached", "conservation"],
  trips: [
    { check: "sizes", status: "fail", path: "*/cross-subnet/*", category: "size-dependent loss" },
    { check: "path-mtu", status: "fail", path: "*/cross-subnet/*", category: "size-dependent loss" },
  ],
});
