import { Scope } from "../core/scope.ts";
import { hostAddress } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { actorNamed } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";
import { onlinkNode, withoutOnlinkNode } from "./onlink-node.ts";

/** No network of the machine tells that the gateway is wrong: the kernel takes whatever is said to be onlink. */
export const onlinkGatewayWrong = defineFault({
  name: "onlink-gateway-wrong",
  title: "a machine with a /32 has an onlink gateway that nobody answers for",
  describes: "#3003, #4254 (machines with a /32, whose gateway no prefix tells)",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  topology: "gcp-like",
  unmet: withoutOnlinkNode,
  cause: "wrong-gateway",
  apply: async (network, plan, scope = new Scope()) => {
    const { name = "", via = "", device = "" } = onlinkNode(plan) ?? {};
    const wrong = nobodyBeside(plan, name);
    const way = (gateway: string): string => `ip route replace default via ${gateway} dev ${device} onlink`;
    const flush = `ip neigh flush dev ${device}`;
    return { did: [await changeNode(actorNamed(network, name), [way(wrong), flush], [way(via), flush], scope)] };
  },
  follows: ["conservation", "reached"],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});

/** The last host address of a node's wire, which no example gives to anybody. */
function nobodyBeside({ topology, nodes }: Plan, name: string): string {
  const segment = nodes.find((node) => node.name === name)?.uplink.segment;
  const network = topology.subnets.find((subnet) => subnet.name === segment)?.cidrs[4] ?? "";
  const bits = 32 - Number(network.split("/")[1]);
  return hostAddress(network, 2 ** bits - 2);
}
