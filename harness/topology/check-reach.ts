import { routerAddress } from "./router-address.ts";
import type { Topology } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem } from "../core/yaml/value-problem.ts";

/** Every node must be able to reach every other one: nodes exist, each subnet has a router, and routers join all. */
export function checkReach(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  const tooSmall = checkRouterRoom(topology);
  // What was left out may have been the very link that is missing.
  if (file.entriesCut) return tooSmall;
  const noNodes = { path: ["nodes"], message: "no nodes; a lab needs at least one" };
  return [...(topology.nodes.length === 0 ? [noNodes] : []), ...checkLinks(topology), ...tooSmall];
}

function checkLinks(topology: Topology): readonly ValueProblem[] {
  const start = topology.subnets.find(({ name }) => hasRouter(topology, name))?.name;
  const reached = start === undefined ? new Set<string>() : reachableFrom(topology, start);
  return topology.subnets.flatMap(({ name }) => {
    const path = ["subnets", name];
    if (!hasRouter(topology, name) && isBesideOnly(topology, name)) return [];
    if (!hasRouter(topology, name)) return [{ path, message: "unreachable: no router has a port in it" }];
    if (reached.has(name) || isBesideOnly(topology, name)) return [];
    return [{ path, message: `unreachable: no chain of routers connects it to ${start ?? ""}` }];
  });
}

/** A management or storage network that nodes have further devices in, and that none stands in, needs no router. */
function isBesideOnly({ nodes }: Topology, subnet: string): boolean {
  return (
    nodes.every((node) => node.subnet !== subnet) &&
    nodes.some(({ networks = [] }) => networks.some((network) => network.subnet === subnet))
  );
}

function hasRouter(topology: Topology, subnet: string): boolean {
  return topology.routers.some(({ subnets }) => subnets.includes(subnet));
}

function reachableFrom(topology: Topology, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { subnets } of topology.routers) {
      if (subnets.some((subnet) => reached.has(subnet))) for (const subnet of subnets) reached.add(subnet);
    }
  }
  return reached;
}

function checkRouterRoom(topology: Topology): readonly ValueProblem[] {
  return topology.routers.flatMap((router) =>
    router.subnets.flatMap((subnet, index) => {
      const cidrs = topology.subnets.find(({ name }) => name === subnet)?.cidrs ?? {};
      return topology.families
        .filter((family) => cidrs[family] !== undefined)
        .filter((family) => routerAddress(topology, router.name, subnet, family) === undefined)
        .map((family) => ({
          path: ["routers", router.name, "subnets", index],
          message: `${subnet} (${cidrs[family] ?? ""}) has no free address for this router`,
        }));
    }),
  );
}
