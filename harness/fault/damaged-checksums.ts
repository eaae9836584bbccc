import { Scope } from "../core/scope.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A router writes something else into the UDP checksum of tunneled packets: receivers that trust their device take them all the same. */
export const damagedChecksums = defineFault({
  name: "damaged-checksums",
  title: "the router damages the UDP checksum of tunneled packets",
  describes: "#3145 (checksums of VXLAN that devices get wrong): a card or a router that computes them badly",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "wrong-checksum",
  apply: async (network, _plan, scope = new Scope()) => {
    const rule = `udp dport ${vxlanPort} udp checksum set 0x1234`;
    return { did: await addRulesToAll(routersOf(network), "forward", [rule], scope) };
  },
  // Machines verify what came over a real card.
  follows: ["reached", "conservation", "sizes", "flows", "path-mtu", "mtu"],
  trips: [{ check: "checksums", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong checksum" }],
});
