import { familyOf, withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { Plan, PlannedNode, PlannedRouter, Port, Route } from "../topology/plan.ts";
import type { NodeSurvey, NodeWay } from "./survey-nodes.ts";

/** Name of whatever is between the subnets of an existing cluster: nothing can be seen inside it. */
export const underlayName = "underlay";

/**
 * The plan as the nodes really are: names, MTU and prefixes of their uplinks and, for a cluster whose routers cannot be asked,
 * one unseen router with the gateways that the nodes use.
 */
export function surveyedPlan(plan: Plan, surveys: readonly NodeSurvey[], routers: "planned" | "unseen"): Plan {
  const nodes = plan.nodes.map((node) => {
    const survey = surveys.find((candidate) => candidate.node === node.name);
    return survey === undefined ? node : surveyedNode(plan, node, survey, routers);
  });
  if (routers === "planned") return { ...plan, nodes };
  const onWires = { ...plan, nodes: onSharedWires(nodes, surveys) };
  return { ...onWires, routers: unseenRouters(onWires, surveys) };
}

/** Nodes that reach each other without a gateway share a wire, however Calico has registered them. */
function onSharedWires(nodes: readonly PlannedNode[], surveys: readonly NodeSurvey[]): readonly PlannedNode[] {
  const direct = new Set(
    surveys.flatMap(({ node, ways }) => ways.filter(({ via }) => via === undefined).map(({ to }) => `${node} ${to}`)),
  );
  const areNeighbors = (a: string, b: string): boolean => direct.has(`${a} ${b}`) && direct.has(`${b} ${a}`);
  return nodes.reduce<readonly PlannedNode[]>((placed, node) => {
    const neighbor = placed.find(({ name }) => areNeighbors(name, node.name));
    const segment = neighbor?.uplink.segment ?? node.uplink.segment;
    return [...placed, { ...node, uplink: { ...node.uplink, segment } }];
  }, []);
}

function surveyedNode(plan: Plan, node: PlannedNode, survey: NodeSurvey, routers: "planned" | "unseen"): PlannedNode {
  const { device, mac, mtu, addresses, others } = survey;
  const real = perFamily(plan.families, (family) => {
    const planned = node.uplink.addresses[family];
    return addresses.find((address) => planned !== undefined && isSame(address, planned)) ?? planned;
  });
  const uplink: Port = { ...node.uplink, device, mac, mtu, addresses: real };
  const routes =
    routers === "planned" ? node.routes.map((route) => ({ ...route, device })) : routesOf(plan, node, survey);
  return { ...node, uplink, routes, otherAddresses: others };
}

function isSame(a: string, b: string): boolean {
  return familyOf(a) === familyOf(b) && withoutPrefix(a) === withoutPrefix(b);
}

/** Routes to the nodes of other subnets: by the most used gateway as default, by others to single nodes. */
function routesOf(plan: Plan, node: PlannedNode, { ways, device }: NodeSurvey): readonly Route[] {
  return plan.families.flatMap((family) => {
    const across = ways.filter((way) => way.family === family && isElsewhere(plan, node, way));
    const gateways = across.flatMap(({ via }) => via ?? []);
    const [usual] = gateways.toSorted((a, b) => count(gateways, b) - count(gateways, a));
    const routes = across.flatMap((way): readonly Route[] => {
      const target = plan.nodes.find(({ name }) => name === way.to)?.uplink.addresses[family];
      if (target === undefined || way.via === usual) return [];
      const address = withoutPrefix(target);
      // A neighbor although in another subnet: somebody answers for it, or the subnets share a wire.
      const via = way.via ?? address;
      return [{ family, destination: `${address}/${family === 4 ? 32 : 128}`, via, device }];
    });
    return usual === undefined ? routes : [{ family, destination: "default", via: usual, device }, ...routes];
  });
}

function isElsewhere(plan: Plan, node: PlannedNode, way: NodeWay): boolean {
  return plan.nodes.find(({ name }) => name === way.to)?.uplink.segment !== node.uplink.segment;
}

function count(list: readonly string[], value: string): number {
  return list.filter((other) => other === value).length;
}

function unseenRouters(plan: Plan, surveys: readonly NodeSurvey[]): readonly PlannedRouter[] {
  if (plan.segments.length < 2) return [];
  const ports = plan.segments.flatMap(({ name: segment, mtu }): readonly Port[] => {
    const members = plan.nodes.filter(({ uplink }) => uplink.segment === segment);
    const gateways = new Set(members.flatMap(({ routes }) => routes.map(({ via }) => via)));
    const own = [...gateways].filter((via) => !surveys.some(({ addresses }) => addresses.some((a) => isSame(a, via))));
    const base = { segment, bridgePort: "", mac: "", mtu };
    if (own.length === 0) return [{ ...base, device: segment, addresses: {} }];
    return own.map((via) => ({ ...base, device: `${segment} ${via}`, addresses: { [familyOf(via)]: via } }));
  });
  return [{ name: underlayName, ports, routes: [], proxyArp: true, unseen: true }];
}
