import { didYouMean } from "../core/closest-name.ts";
import type { Router, Topology, TopologyNode } from "./topology.ts";
import { checkSubnetName } from "./check-subnet-name.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem, ValuePath } from "../core/yaml/value-problem.ts";

/** Names that refer to nothing, and names that two things share. */
export function checkReferences(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return [
    ...topology.routers.flatMap((router) =>
      router.subnets.flatMap((subnet, index) => {
        const path = ["routers", router.name, "subnets", index];
        if (router.subnets.indexOf(subnet) === index) return checkSubnetName(topology, file, path, subnet);
        return [{ path, message: `"${subnet}" is listed twice; a router has one port per subnet` }];
      }),
    ),
    ...topology.routers.flatMap((router) => checkStandby(topology, router)),
    ...topology.nodes.flatMap((node) => checkSubnetName(topology, file, ["nodes", node.name, "subnet"], node.subnet)),
    ...topology.nodes.flatMap((node) => checkGateway(topology, node)),
    ...topology.nodes.flatMap((node) => checkWireguard(topology, node)),
    ...checkReflectors(topology, file),
    ...checkIncident(topology, file),
    ...checkNames(topology),
  ];
}

/** One router stands by for one, which has a port wherever it has, and stands by for none itself. */
function checkStandby({ routers }: Topology, { name, subnets, standbyFor }: Router): readonly ValueProblem[] {
  if (standbyFor === undefined) return [];
  const path = ["routers", name, "standbyFor"];
  const others = routers.filter((router) => router.name !== name);
  const active = others.find((router) => router.name === standbyFor);
  const known = others.map((router) => router.name);
  if (active === undefined)
    return [
      {
        path,
        message: `"${standbyFor}" is no other router${didYouMean(standbyFor, known)}; known: ${known.join(", ")}`,
      },
    ];
  if (active.standbyFor !== undefined)
    return [{ path, message: `"${standbyFor}" itself stands by for ${active.standbyFor}` }];
  if (routers.find((router) => router.standbyFor === standbyFor)?.name !== name)
    return [{ path, message: `another router stands by for "${standbyFor}" already` }];
  const same = subnets.length === active.subnets.length && subnets.every((subnet) => active.subnets.includes(subnet));
  if (same) return [];
  return [
    {
      path,
      message: `"${standbyFor}" has other subnets (${active.subnets.join(", ")}): who stands by must have the same`,
    },
  ];
}

function checkGateway({ routers }: Topology, { name, subnet, gateway }: TopologyNode): readonly ValueProblem[] {
  const here = routers.filter(({ subnets }) => subnets.includes(subnet)).map((router) => router.name);
  if (gateway === undefined || here.includes(gateway)) return [];
  const message = `"${gateway}" is no router of ${subnet}${didYouMean(gateway, here)}; known: ${here.join(", ")}`;
  return [{ path: ["nodes", name, "gateway"], message }];
}

function checkWireguard({ wireguard }: Topology, node: TopologyNode): readonly ValueProblem[] {
  if (wireguard === true || node.wireguard === undefined) return [];
  const message = "the file declares no encryption that a node could take part in; say `wireguard: true` for it";
  return [{ path: ["nodes", node.name, "wireguard"], message }];
}

function checkReflectors({ reflectors = [], nodes }: Topology, file: FileFacts): readonly ValueProblem[] {
  return reflectors.flatMap((node, index) => {
    const path = ["reflectors", index];
    if (reflectors.indexOf(node) !== index) return [{ path, message: `"${node}" is listed twice` }];
    return checkNodeName(nodes, file, path, node);
  });
}

function checkIncident({ incident = [], nodes }: Topology, file: FileFacts): readonly ValueProblem[] {
  return incident.flatMap(({ node, to }, index) => {
    const path = ["incident", index];
    if (node === to) return [{ path: [...path, "to"], message: `"${to}" is the same node: no route leads to itself` }];
    return [...checkNodeName(nodes, file, [...path, "node"], node), ...checkNodeName(nodes, file, [...path, "to"], to)];
  });
}

function checkNodeName(
  nodes: Topology["nodes"],
  file: FileFacts,
  path: ValuePath,
  node: string,
): readonly ValueProblem[] {
  if (file.spells(["nodes", node])) return [];
  const known = nodes.map(({ name }) => name);
  return [{ path, message: `"${node}" is not a node${didYouMean(node, known)}; known: ${known.join(", ")}` }];
}

/** Nodes, routers, pods and external hosts share one set of names: each stands for one machine in commands and reports. */
function checkNames(topology: Topology): readonly ValueProblem[] {
  const owners = new Map(topology.routers.map(({ name }) => [name, "a router"]));
  for (const node of topology.nodes) {
    for (let pod = 1; pod <= node.pods; pod++) owners.set(`${node.name}-p${pod}`, `a pod of ${node.name}`);
  }
  const shared = (section: string, name: string): readonly ValueProblem[] => {
    const owner = owners.get(name);
    const path = [section, name];
    return owner === undefined ? [] : [{ path, atKey: true, message: `"${name}" is also the name of ${owner}` }];
  };
  const ofNodes = topology.nodes.flatMap(({ name }) => shared("nodes", name));
  for (const { name } of topology.nodes) owners.set(name, "a node");
  return [...ofNodes, ...(topology.external ?? []).flatMap(({ name }) => shared("external", name))];
}
