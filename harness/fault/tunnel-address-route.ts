import { Scope } from "../core/scope.ts";
import { culprit, nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** What Felix before v3.32.0 does by itself: a route to the tunnel address of a node in the same subnet, past the tunnel. */
export const tunnelAddressRoute = defineFault({
  name: "tunnel-address-route",
  title: "a route past the tunnel leads to a peer's tunnel address",
  describes: "#12180",
  modes: ["vxlan-cross-subnet"],
  needs: ["same-subnet"],
  cause: "tunnel-address-route",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const near = nearPeer(network);
    const route = `via ${near.address} dev ${from.identity.uplink} proto 80 onlink`;
    return { did: [await replaceRoute(from, near.tunnelAddress, route, scope)] };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
