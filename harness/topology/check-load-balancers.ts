import type { ValueProblem } from "../core/yaml/value-problem.ts";
import { addressCount } from "./address.ts";
import { balancedPerService } from "./load-balancers.ts";
import type { Family, Topology } from "./topology.ts";

/** Addresses of load balancers: somebody outside who asks, routers that can lead there, and room for every Service. */
export function checkLoadBalancers(topology: Topology): readonly ValueProblem[] {
  return topology.families.flatMap((family) => checkFamily(topology, family));
}

function checkFamily(topology: Topology, family: Family): readonly ValueProblem[] {
  const cidr = topology.loadBalancers?.[family];
  if (cidr === undefined) return [];
  const path = ["services", family === 4 ? "loadBalancers" : "loadBalancers6"];
  const { external = [], fabric, nodes, routers } = topology;
  const services = nodes.reduce((sum, { pods, hostNetworkPod }) => sum + pods + (hostNetworkPod === true ? 1 : 0), 0);
  const needed = balancedPerService * services;
  return [
    ...(external.some(({ role }) => role !== "server")
      ? []
      : [{ path, message: "nobody outside asks for these addresses; add a client under `external:`" }]),
    ...(fabric === "static" || (fabric === "bgp" && routers.length === 1)
      ? []
      : [
          {
            path,
            message:
              fabric === "none"
                ? `the routers know no way to ${cidr} with \`fabric: none\`; write \`fabric: static\``
                : `several routers may each take another node for ${cidr} by BGP; write \`fabric: static\``,
          },
        ]),
    ...(addressCount(cidr) > BigInt(needed)
      ? []
      : [{ path, message: `${cidr} is too small for two addresses of each of ${services} Services` }]),
  ];
}
