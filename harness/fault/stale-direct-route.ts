import { Scope } from "../core/scope.ts";
import { culprit, farPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** The culprit takes a node of another rack for a neighbor: nobody on its segment answers for that address. */
export const staleDirectRoute = defineFault({
  name: "stale-direct-route",
  title: "a node of another rack is still taken for a neighbor",
  describes: "projectcalico/felix#2494, projectcalico/felix#2953",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "wrong-route",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const far = farPeer(network);
    const route = `via ${far.address} dev ${from.identity.uplink} proto 80 onlink`;
    return { did: [await replaceRoute(from, far.block, route, scope)] };
  },
  follows: ["conservation"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});
