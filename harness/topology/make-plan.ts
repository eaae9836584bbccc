import { createHash } from "node:crypto";
import { UsageError } from "../core/errors.ts";
import { prefixLength } from "./address.ts";
import { allocate } from "./allocate.ts";
import { deviceName } from "./autodetection.ts";
import { perFamily } from "./fill-topology.ts";
import { podName } from "./pool-of.ts";
import type { Plan, PlannedNode, PlannedRouter, Port, Segment } from "./plan.ts";
import { heldAddress, routerAddress } from "./router-address.ts";
import { nodeRoutes, routerRoutes } from "./routes.ts";
import type { ExternalHost, Family, NodeNetwork, Subnet, Topology } from "./topology.ts";

/**
 * Makes a valid topology concrete: the same topology and families always give the same plan. UsageError where a family
 * is asked for that the topology lacks.
 */
export function planTopology(topology: Topology, families: readonly Family[] = topology.families): Plan {
  refuseLackingFamilies(topology, families);
  const used = topology.families.filter((family) => families.includes(family));
  const allocation = allocate(topology, used);
  const body = {
    topology,
    families: used,
    segments: topology.subnets.map(planSegment),
    routers: topology.routers.map((_, index) => planRouter(topology, used, allocation, index)),
    nodes: topology.nodes.map((_, index) => planNode(topology, used, index)),
    ...(topology.external === undefined
      ? {}
      : { external: topology.external.map((host, index) => planExternal(topology, used, host, index)) }),
    allocation,
  };
  return { ...body, digest: digestOf(body) };
}

function refuseLackingFamilies(topology: Topology, families: readonly Family[]): void {
  const lacking = families.find((family) => !topology.families.includes(family));
  if (lacking === undefined) return;
  throw new UsageError(
    `topology ${topology.name} has no IPv${lacking}: its families are ${topology.families.join(", ")}`,
    {
      where: topology.source,
      fix: `give every subnet a ${lacking === 6 ? "cidr6" : "cidr"}, or choose another topology (dual-stack has both)`,
    },
  );
}

function planSegment(subnet: Subnet): Segment {
  return { name: subnet.name, bridge: `br-${subnet.name}`, mtu: subnet.mtu };
}

function planNode(topology: Topology, families: readonly Family[], index: number): PlannedNode {
  const node = at(topology.nodes, index);
  const subnet = subnetNamed(topology, node.subnet);
  const uplink: Port = {
    ...tagged(0, node.vlan),
    segment: subnet.name,
    bridgePort: `${node.name}_eth0`,
    mac: mac(0, index + 1),
    addresses: perFamily(families, (family) => node.addresses[family]),
    mtu: subnet.mtu,
    ...(node.link === undefined ? {} : { link: node.link }),
  };
  const pods = Array.from({ length: node.pods }, (_, pod) => podName(node.name, pod));
  const routes = nodeRoutes(topology, families, node);
  const others = node.networks?.map((network, other) =>
    planOther(topology, families, node.name, index, network, other),
  );
  return { name: node.name, uplink, ...(others === undefined ? {} : { others }), routes, pods };
}

function planOther(
  topology: Topology,
  families: readonly Family[],
  node: string,
  index: number,
  network: NodeNetwork,
  other: number,
): Port {
  const { name, mtu } = subnetNamed(topology, network.subnet);
  return {
    ...tagged(other + 1, network.vlan),
    segment: name,
    bridgePort: `${node}_${deviceName(other + 1)}`,
    mac: mac(0, index + 1, other + 1),
    addresses: perFamily(families, (family) => network.addresses[family]),
    mtu,
  };
}

/** Tag and payload of a frame share the wire, and not the MTU: the card has the same as its VLAN (net/8021q, eth_type_vlan). */
function tagged(index: number, vlan: number | undefined): Pick<Port, "device" | "vlan"> {
  const device = deviceName(index, vlan);
  return vlan === undefined ? { device } : { device, vlan: { id: vlan, card: deviceName(index) } };
}

function accessOf({ vlan }: Subnet): Pick<Port, "access"> {
  return vlan === undefined ? {} : { access: vlan };
}

function planExternal(topology: Topology, families: readonly Family[], host: ExternalHost, index: number): PlannedNode {
  const subnet = subnetNamed(topology, host.subnet);
  const uplink: Port = {
    device: deviceName(0),
    segment: subnet.name,
    bridgePort: `${host.name}_eth0`,
    mac: mac(0, index + 1, externalDevice),
    addresses: perFamily(families, (family) => host.addresses[family]),
    mtu: subnet.mtu,
    ...accessOf(subnet),
  };
  return { name: host.name, uplink, routes: nodeRoutes(topology, families, host), pods: [] };
}

function planRouter(
  topology: Topology,
  families: readonly Family[],
  allocation: Plan["allocation"],
  index: number,
): PlannedRouter {
  const router = at(topology.routers, index);
  const ports = router.subnets.map((name, port): Port => {
    const subnet = subnetNamed(topology, name);
    return {
      device: deviceName(port),
      segment: name,
      bridgePort: `${router.name}_eth${port}`,
      mac: mac(index + 1, port + 1),
      addresses: perFamily(families, (family) => portAddress(topology, router.name, subnet, family)),
      ...holdsOf(topology, families, router.name, name),
      mtu: subnet.mtu,
      ...accessOf(subnet),
    };
  });
  const routes = routerRoutes(topology, families, allocation, router);
  const { name, proxyArp, allow } = router;
  return { name, ports, routes, proxyArp, ...(allow === undefined ? {} : { allow }) };
}

function holdsOf(topology: Topology, families: readonly Family[], router: string, subnet: string): Pick<Port, "holds"> {
  const holds = perFamily(families, (family) => {
    const address = heldAddress(topology, router, subnet, family);
    return address && `${address}/${family === 4 ? 32 : 128}`;
  });
  return Object.keys(holds).length === 0 ? {} : { holds };
}

function portAddress(topology: Topology, router: string, subnet: Subnet, family: Family): string | undefined {
  const network = subnet.cidrs[family];
  const address = routerAddress(topology, router, subnet.name, family);
  return network && address && `${address}/${prefixLength(network)}`;
}

/** Where MACs of nodes have the number of a device: that of hosts outside. */
const externalDevice = 0xff;

/**
 * A locally administered unicast address (bit 0x02 of the first octet, IEEE 802-2014 8.4) that reads: 02:00:00:00:00:03
 * is the third node, 02:01:00:00:00:03 its second device, 02:00:00:01:00:02 the second port of the first router.
 */
function mac(router: number, number: number, device = 0): string {
  const octets = [0x02, device, router >> 8, router & 0xff, number >> 8, number & 0xff];
  return octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}

/** The digest covers what the lab is, not where its file lies or how it is described. */
function digestOf(body: Omit<Plan, "digest">): string {
  const subject = { ...body, topology: { ...body.topology, source: "", description: "" } };
  return createHash("sha256").update(canonicalJson(subject)).digest("hex").slice(0, 12);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function subnetNamed(topology: Topology, name: string): Subnet {
  const subnet = topology.subnets.find((candidate) => candidate.name === name);
  if (subnet === undefined) throw new RangeError(`topology ${topology.name} has no subnet ${name}`);
  return subnet;
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no element number ${index}`);
  return value;
}
