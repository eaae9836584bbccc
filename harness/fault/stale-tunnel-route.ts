import { Scope } from "../core/scope.ts";
import { culprit, nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";
import { tunnelRoute } from "./tunnel-route.ts";

/** One node of the rack keeps the tunnel route to the culprit that it had before the mode was changed. */
export const staleTunnelRoute = defineFault({
  name: "stale-tunnel-route",
  title: "a tunnel route left over from Always: one direction is encapsulated, the other is not",
  describes: "#1325, #1584, #2375, #3672",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "registered-prefix",
  apply: async (network, _plan, scope = new Scope()) => {
    const target = culprit(network);
    return { did: [await replaceRoute(nearPeer(network), target.block, tunnelRoute(network, target), scope)] };
  },
  follows: ["not-encapsulated", "source-address", "sentinel"],
  trips: [
    { check: "symmetry", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "asymmetric" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
