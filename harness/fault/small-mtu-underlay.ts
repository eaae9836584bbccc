import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** Bytes of IP packet that the bad fabric passes; less than every mode's full-sized packets of a 1500-byte underlay. */
const passes = 1400;

/** The fabric silently loses packets that are larger than what the nodes believe it carries. */
export const smallMtuUnderlay = defineFault({
  name: "small-mtu-underlay",
  title: `the router silently drops packets larger than ${passes} bytes`,
  describes: "calicoctl#415, felix#756, #8953, #7651",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => ({
    // IPv6 counts the payload only: 40 bytes of header less.
    did: await addRulesToAll(
      routersOf(network),
      "forward",
      [`ip length > ${passes} drop`, `ip6 length > ${passes - 40} drop`],
      scope,
    ),
  }),
  cause: "packet-filter",
  follows: ["reached", "sizes", "conservation"],
  trips: [
    { check: "mtu", status: "fail", path: "*/cross-subnet/*", category: "wrong MTU" },
    { check: "path-mtu", status: "fail", path: "*/cross-subnet/*", category: "wrong MTU" },
  ],
});
