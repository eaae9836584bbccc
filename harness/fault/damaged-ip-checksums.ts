import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A router damages the IP header's checksum of what one node sends: every receiver drops such packets without a word. */
export const damagedIpChecksums = defineFault({
  name: "damaged-ip-checksums",
  title: "the router damages the IP checksum of what one node sends",
  describes: "no known report: a router or a card that writes into headers and not into their checksum",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPv6 headers have no checksum"),
  cause: "wrong-checksum",
  apply: async (network, _plan, scope = new Scope()) => {
    const rule = `ip saddr ${culprit(network).address} ip checksum set 0x1234`;
    return { did: await addRulesToAll(routersOf(network), "forward", [rule], scope) };
  },
  follows: ["conservation", "sizes", "flows", "path-mtu", "mtu"],
  trips: [
    { check: "checksums", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong checksum" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" },
  ],
});
