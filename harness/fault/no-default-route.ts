import { Scope } from "../core/scope.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { forgetNeighbors } from "./forget-neighbors.ts";

/** The culprit reaches the other racks by routes of their own and has no default route: it answers no ARP of its pods. */
export const noDefaultRoute = defineFault({
  name: "no-default-route",
  title: "one node has no default route, and so does not answer its pods' ARP",
  describes: "#3270",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "no-default-route",
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPv6 pods find their node by neighbor discovery"),
  apply: async (network, plan, scope = new Scope()) => {
    const from = culprit(network);
    const planned = plan.nodes.find(({ name }) => name === from.name);
    const via = planned?.routes.find(({ family, destination }) => family === 4 && destination === "default")?.via ?? "";
    const way = `via ${via} dev ${from.identity.uplink}`;
    const others = plan.topology.subnets.filter(({ name }) => name !== planned?.uplink.segment);
    const networks = others.flatMap(({ cidrs }) => cidrs[4] ?? []);
    const commands = [...networks.map((cidr) => `ip route add ${cidr} ${way}`), "ip -4 route del default"];
    const undo = [`ip route add default ${way}`, ...networks.map((cidr) => `ip route del ${cidr} ${way}`)];
    const did = [await changeNode(from, commands, undo, scope)];
    await forgetNeighbors(network, from.name);
    return { did };
  },
  follows: ["neighbors", "conservation"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" },
  ],
});
