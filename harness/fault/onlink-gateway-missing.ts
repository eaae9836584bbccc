import { Scope } from "../core/scope.ts";
import { actorNamed } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { forgetNeighbors } from "./forget-neighbors.ts";
import { onlinkNode, withoutOnlinkNode } from "./onlink-node.ts";

/** Whoever manages the routes of a machine has taken away the only route that a machine with a /32 has. */
export const onlinkGatewayMissing = defineFault({
  name: "onlink-gateway-missing",
  title: "a machine with a /32 has lost the route to its onlink gateway, the only one that it has",
  describes: "#3270 (no default route), on machines as clouds give them out",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  topology: "gcp-like",
  unmet: withoutOnlinkNode,
  cause: "no-default-route",
  apply: async (network, plan, scope = new Scope()) => {
    const { name = "", via = "", device = "" } = onlinkNode(plan) ?? {};
    const actor = actorNamed(network, name);
    const did = [
      await changeNode(
        actor,
        ["ip -4 route del default"],
        [`ip route replace default via ${via} dev ${device} onlink`],
        scope,
      ),
    ];
    await forgetNeighbors(network, name);
    return { did };
  },
  follows: ["conservation", "neighbors", "interface-errors"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/a", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" },
  ],
});
