import { Scope } from "../core/scope.ts";
import { culprit, nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** A hand-made route does what Calico's would: the wire is right, but nobody will ever update or remove it. */
export const foreignRoute = defineFault({
  name: "foreign-route",
  title: "a block route of protocol static stands where Calico's should",
  describes: "#13470, #13536 (who owns which route), #4869",
  modes: ["none", "vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "wrong-route",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const near = nearPeer(network);
    const route = `via ${near.address} dev ${from.identity.uplink} proto static onlink`;
    return { did: [await replaceRoute(from, near.block, route, scope)] };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
