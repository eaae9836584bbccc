import { qdiscWords } from "../topology/link-shape.ts";
import { cardOf, type Plan, type PlannedNode, type PlannedRouter, type Port, type Route } from "../topology/plan.ts";
import type { LabNode } from "../lab/lab.ts";
import { fabricNamespace, memberNamespace, type LabId } from "../lab/lab-id.ts";
import { accessPortCommands } from "./access-port.ts";
import { fabricSettings, memberSettings } from "./settings.ts";

/** Everything that makes a lab, as text for ip(8) and sh(1). */
export interface RenderedLab {
  /** For `ip -batch -` on the host: the namespaces, the fabric's first. */
  readonly namespaces: string;
  /** sh script to run in the fabric's namespace: bridges, and all wires between them and the members. */
  readonly fabric: string;
  readonly members: readonly RenderedMember[];
}

/** One node, router or external host: its namespace, and the sh script that sets it up from inside. */
interface RenderedMember {
  readonly name: string;
  readonly namespace: string;
  readonly script: string;
}

interface Member {
  readonly name: string;
  readonly ports: readonly Port[];
  readonly routes: readonly Route[];
  readonly role: LabNode["role"];
  readonly proxy: readonly ProxyEntry[];
}

/** An IPv6 address that a router answers for on a port: proxy ND has no wildcard, other than proxy ARP. */
interface ProxyEntry {
  readonly address: string;
  readonly device: string;
}

/** Turns a plan into the commands that build it; pure, so that it can be printed and compared. */
export function renderLab(plan: Plan, id: LabId): RenderedLab {
  const members = membersOf(plan);
  const names = [fabricNamespace(id), ...members.map(({ name }) => memberNamespace(id, name))];
  return {
    namespaces: lines(names.map((name) => `netns add ${name}`)),
    fabric: script(
      fabricSettings(),
      [
        ...plan.segments.flatMap(({ bridge, mtu }) => [
          // No STP, no snooping: frames flow at once and the bridge itself sends none.
          `link add ${bridge} mtu ${mtu} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
          `link set ${bridge} up`,
        ]),
        ...members.flatMap((member) => member.ports.flatMap((port) => renderWire(plan, id, member, port))),
      ],
      members.flatMap(({ ports }) => ports.flatMap(renderAccess)),
    ),
    members: members.map((member) => ({
      name: member.name,
      namespace: memberNamespace(id, member.name),
      script: renderMember(plan, member),
    })),
  };
}

/** The sh script that sets up one node or router from inside. */
export function memberScript(plan: Plan, name: string): string {
  const member = membersOf(plan).find((candidate) => candidate.name === name);
  if (member === undefined) throw new RangeError(`the plan has no member ${name}`);
  return renderMember(plan, member);
}

function membersOf(plan: Plan): readonly Member[] {
  return [
    ...plan.routers.map((router): Member => ({ ...router, role: "router", proxy: proxyEntries(plan, router) })),
    ...plan.nodes.map((node): Member => ({
      name: node.name,
      ports: [node.uplink, ...(node.others ?? [])],
      routes: node.routes,
      role: "node",
      proxy: [],
    })),
    ...(plan.external ?? []).map(({ name, uplink, routes }): Member => ({
      ...{ name, routes, proxy: [] },
      ports: [uplink],
      role: "external host",
    })),
  ];
}

function proxyEntries(plan: Plan, router: PlannedRouter): readonly ProxyEntry[] {
  if (!router.proxyArp) return [];
  const elsewhere = (port: Port): readonly PlannedNode[] =>
    plan.nodes.filter(({ uplink }) => uplink.segment !== port.segment);
  return router.ports.flatMap((port) =>
    elsewhere(port).flatMap(({ uplink }) => {
      const address = uplink.addresses[6]?.split("/")[0];
      return address === undefined ? [] : [{ address, device: port.device }];
    }),
  );
}

function renderWire(plan: Plan, id: LabId, member: Member, port: Port): readonly string[] {
  const { bridgePort, mac, mtu } = port;
  const bridge = plan.segments.find(({ name }) => name === port.segment)?.bridge ?? port.segment;
  const far = `name ${cardOf(port)} address ${mac} mtu ${mtu} netns ${memberNamespace(id, member.name)}`;
  return [`link add ${bridgePort} mtu ${mtu} type veth peer ${far}`, `link set ${bridgePort} master ${bridge} up`];
}

function renderAccess({ bridgePort, access }: Port): readonly string[] {
  return access === undefined ? [] : accessPortCommands(bridgePort, access);
}

function renderMember(plan: Plan, member: Member): string {
  const devices = member.ports.flatMap((port) => [...new Set([cardOf(port), port.device])]);
  const proxyDevices = member.role === "router" && plan.routers.some(isProxy(member.name)) ? devices : [];
  const ipv6 = plan.families.includes(6);
  const settings = [
    ...member.ports.flatMap(renderVlan),
    memberSettings({ role: member.role, devices, proxyDevices, ipv6 }),
    ...member.ports.flatMap(shape),
  ];
  return script(settings.join("\n"), [
    "link set lo up",
    ...member.ports.flatMap((port) => renderPort(port, ipv6)),
    ...member.routes.map(routeLine),
    ...member.proxy.map(({ address, device }) => `neigh add proxy ${address} dev ${device}`),
  ]);
}

function routeLine({ destination, via, device, onlink, also }: Route): string {
  if (also !== undefined) {
    const hops = [{ via, device }, ...also].map((hop) => `nexthop via ${hop.via} dev ${hop.device}`);
    return `route add ${destination} ${hops.join(" ")}`;
  }
  return `route add ${destination} via ${via} dev ${device}${onlink === true ? " onlink" : ""}`;
}

/** A VLAN outlives that its card is down, so that it is there already when a node comes back. */
function renderVlan({ device, vlan }: Port): readonly string[] {
  if (vlan === undefined) return [];
  const make = `ip link add link ${vlan.card} name ${device} type vlan id ${vlan.id}`;
  return [`if ! ip link show dev ${device} >/dev/null 2>&1; then`, make, "fi"];
}

/** What is sent is shaped where it is sent, so that it also holds where only machines can do it, and not their host. */
function shape({ device, link }: Port): readonly string[] {
  return link === undefined ? [] : [`tc qdisc add dev ${device} root ${qdiscWords(link)}`];
}

function isProxy(name: string): (router: PlannedRouter) => boolean {
  return (router) => router.name === name && router.proxyArp;
}

function renderPort({ device, vlan, addresses, holds = {} }: Port, ipv6: boolean): readonly string[] {
  return [
    ...(vlan === undefined ? [] : renderCard(vlan.card, ipv6)),
    ...(addresses[4] === undefined ? [] : [`addr add ${addresses[4]} dev ${device}`]),
    // Addresses are unique by plan: nodad makes them usable at once instead of a second later.
    ...(addresses[6] === undefined ? [] : [`addr add ${addresses[6]} dev ${device} nodad`]),
    ...(holds[4] === undefined ? [] : [`addr add ${holds[4]} dev ${device}`]),
    ...(holds[6] === undefined ? [] : [`addr add ${holds[6]} dev ${device} nodad`]),
    `link set ${device} up`,
  ];
}

/** Nobody has an address on the card itself: without a link-local one nothing goes out untagged. */
function renderCard(card: string, ipv6: boolean): readonly string[] {
  return [...(ipv6 ? [`link set ${card} addrgenmode none`] : []), `link set ${card} up`];
}

function script(settings: string, batch: readonly string[], last: readonly string[] = []): string {
  const exec = last.length === 0 ? "exec " : "";
  return `set -e\n${settings}\n${exec}ip -batch - <<'END'\n${lines(batch)}END\n${lines(last)}`;
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
