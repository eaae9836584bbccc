import { Scope } from "../core/scope.ts";
import { culprit, nearPeers } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** The culprit's routes to its own rack are BIRD's, though Felix is declared to make them: packets go the same way. */
export const otherRouteOwner = defineFault({
  name: "other-route-owner",
  title: "BIRD makes a node's routes to its rack, though Felix is declared to make them",
  describes: "#11845, #13470, #13536",
  modes: ["none", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  topology: "felix-routes",
  unmet: ({ topology }) =>
    topology.routeOwner === "felix" ? undefined : "nobody declares that Felix makes the routes: see felix-routes",
  cause: "route-owner",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const did: string[] = [];
    for (const peer of nearPeers(network)) {
      const route = `via ${peer.address} dev ${from.identity.uplink} proto bird`;
      did.push(await replaceRoute(from, peer.block, route, scope));
    }
    return { did };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
