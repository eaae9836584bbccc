import { Scope } from "../core/scope.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";
import { addRulesToAll } from "./add-rules.ts";
import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The router masquerades what nodes send to each other: packets arrive, from an address that is no node's. */
export const masqueradedTunnel = defineFault({
  name: "masqueraded-tunnel",
  title: "the router masquerades tunneled packets",
  describes: "#3665 (the receiver drops tunnels from addresses that it does not know), #8367",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "rewritten-outer",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(routersOf(network), "nat-postrouting", [`udp dport ${vxlanPort} masquerade`], scope),
  }),
  // The kernel masquerades a checksum over a partial one as if it were partial itself.
  follows: ["outer-header", "checksums", "sentinel", "reached", "conservation"],
  trips: [
    { check: "outer-endpoints", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "wrong outer address" },
  ],
});
