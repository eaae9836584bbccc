import { Scope } from "../core/scope.ts";
import { culprit, nearPeer } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";
import { tunnelRoute } from "./tunnel-route.ts";

/** The neighbor's way back to the culprit leads into the tunnel, and it accepts packets by the way back alone: what comes plain is dropped. */
export const strictReversePath = defineFault({
  name: "strict-reverse-path",
  title: "one node filters strictly by the way back, which leads through the tunnel",
  describes: "felix#1248, felix#2082, #592, #4630",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  cause: "reverse-path-filter",
  apply: async (network, _plan, scope = new Scope()) => {
    const near = nearPeer(network);
    const from = culprit(network);
    const set = (value: number): string =>
      `for device in all ${near.identity.uplink}; do echo ${value} > /proc/sys/net/ipv4/conf/$device/rp_filter; done`;
    return {
      did: [
        await changeNode(near, [set(1)], [set(0)], scope),
        await replaceRoute(near, from.block, tunnelRoute(network, from), scope),
      ],
    };
  },
  follows: ["reached", "conservation", "not-encapsulated", "symmetry", "source-address", "sentinel"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/same-subnet/*", category: "not reached" },
  ],
});
