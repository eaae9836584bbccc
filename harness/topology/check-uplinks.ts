import { didYouMean } from "../core/closest-name.ts";
import type { ValueProblem } from "../core/yaml/value-problem.ts";
import { detectAddress } from "./autodetection.ts";
import type { FileFacts } from "./file-facts.ts";
import type { Family, Topology, TopologyNode } from "./topology.ts";

/** Nodes with several devices: networks that exist, with room for them, and a method by which Calico finds an address on each node. */
export function checkUplinks(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return [
    ...topology.nodes.flatMap((node) => checkNetworks(topology, file, node)),
    ...topology.families.flatMap((family) => checkAutodetection(topology, file, family)),
  ];
}

function checkNetworks(topology: Topology, file: FileFacts, node: TopologyNode): readonly ValueProblem[] {
  const known = topology.subnets.map(({ name }) => name);
  const listed = (node.networks ?? []).map(({ subnet }) => subnet);
  return (node.networks ?? []).flatMap(({ subnet, addresses }, index) => {
    const path = ["nodes", node.name, "networks", index];
    const problem = (message: string): readonly ValueProblem[] => [{ path, message }];
    if (subnet === node.subnet) return problem(`"${subnet}" is the rack it stands in; its uplink is there already`);
    if (listed.indexOf(subnet) !== index) return problem(`"${subnet}" is listed twice`);
    if (!known.includes(subnet)) {
      if (file.spells(["subnets", subnet])) return [];
      return problem(`"${subnet}" does not exist${didYouMean(subnet, known)}; known: ${known.join(", ")}`);
    }
    const cidrs = topology.subnets.find(({ name }) => name === subnet)?.cidrs ?? {};
    const crowded = topology.families.find((family) => cidrs[family] !== undefined && addresses[family] === undefined);
    return crowded === undefined ? [] : problem(`${cidrs[crowded] ?? ""} is too small for this node's address there`);
  });
}

/** Where a method finds another network than the node stands in, the lab is built, and shows what comes of that. */
function checkAutodetection(topology: Topology, file: FileFacts, family: Family): readonly ValueProblem[] {
  const method = topology.autodetection?.[family];
  if (method === undefined) return [];
  const key = family === 4 ? "autodetection" : "autodetection6";
  const prefix = family === 4 ? "registeredPrefix" : "registeredPrefix6";
  const none = topology.nodes.find((node) => detectAddress(method, node, family) === undefined);
  return [
    ...(none === undefined || file.entriesCut
      ? []
      : [
          { path: [key], message: `"${method}" finds no IPv${family} address on ${none.name}: Calico would not start` },
        ]),
    ...topology.nodes
      .filter(({ registered, addresses }) => registered[family] !== addresses[family])
      .map(({ name }) => ["nodes", name, prefix])
      .map((path) => ({ path, message: `contradicts ${key}, with which Calico registers the interface's own prefix` })),
  ];
}
