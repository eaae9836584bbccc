import { routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The router's capture sees nothing: what it did not see proves nothing, so that no claim may be made. */
export const deafTap = defineFault({
  name: "deaf-tap",
  title: "the capture on the router sees nothing",
  describes: "the harness's own: silence of a tap must never pass for absence of packets (PR #4457)",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: (network) => Promise.resolve({ did: [], deafen: routersOf(network).map(({ name }) => name) }),
  cause: "none",
  trips: [
    { check: "encapsulated", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*", category: "inconclusive" },
    { check: "not-encapsulated", status: "inconclusive", path: "*/pod-to-host/cross-subnet/*" },
    { check: "no-leak", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "symmetry", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "conservation", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "sentinel", status: "inconclusive", path: "*/sentinel/*" },
    { check: "next-hop-mac", status: "inconclusive", path: "*/next-hop-mac/*" },
  ],
});
