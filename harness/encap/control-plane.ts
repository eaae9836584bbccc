import { contains, withoutPrefix } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family, RouteOwner } from "../topology/topology.ts";
import type { Identities, NodeIdentity } from "./identity.ts";
import type { Mode, PoolMode } from "./mode.ts";
import { madeByFelix } from "./made-by-felix.ts";
import { modeToward } from "./pool-mode.ts";
import { takesTunnel } from "./takes-tunnel.ts";
import { expectUnderlay, type ExpectedUnderlay } from "./expect-underlay.ts";
import { tunnelDevice, tunnelModes, tunnelMtu, vniOf, vtepMacOf } from "./tunnel.ts";
import { nextHop } from "./underlay-way.ts";
import { encryptingDevice, encryptionOf, type ExpectedEncryption } from "./expect-encryption.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/** Kernel state that a node must have in a mode, as far as encapsulation depends on it. */
export interface ExpectedNodeState {
  readonly node: string;
  readonly routes: readonly ExpectedRoute[];
  readonly tunnels: readonly ExpectedTunnel[];
  /** Tunnel devices that must hold no address and that no route may use: those of other modes. */
  readonly idleDevices: readonly string[];
  readonly fdb: readonly { readonly mac: string; readonly destination: string; readonly device: string }[];
  /** Blocks of the node's own in which pods of others may have routes to their devices. */
  readonly shared: readonly string[];
  /** Whose pods have which address: routes to single ones may stand for borrowed addresses. */
  readonly pods?: readonly { readonly node: string; readonly address: string }[];
  /** Permanent entries. */
  readonly neighbors: readonly { readonly address: string; readonly mac: string; readonly device: string }[];
  /** How packets get into WireGuard, by family; missing where the node encrypts nothing. */
  readonly encrypted?: readonly ExpectedEncryption[];
  /** What lies below all tunnels: missing where nothing is asked of it. */
  readonly underlay?: ExpectedUnderlay;
}

/** One route of the main table; what is undefined may be anything. */
export interface ExpectedRoute {
  readonly family: Family;
  readonly destination: string;
  /** What it is for: "block of b1", "own block", "pod a1-p1". */
  readonly purpose: string;
  /** The node that it leads to, where that is another one. */
  readonly peer?: string;
  readonly type: "unicast" | "blackhole";
  readonly via?: string;
  readonly device?: string;
  readonly onlink?: boolean;
  /** Names as in RouteFact.protocol, any of which will do: it depends on Calico's version who programs a route. */
  readonly protocols: readonly string[];
  /** Must be this where the route carries one at all (only since v3.31). */
  readonly mtu?: number;
}

/** A tunnel device. */
export interface ExpectedTunnel {
  readonly device: string;
  readonly kind: "vxlan" | "ipip" | "wireguard";
  readonly mtu: number;
  /** With /32 or /128. */
  readonly address: string;
  /** VXLAN only: IPIP's tunl0 is bound to nothing. */
  readonly vxlan?: ExpectedVxlan;
}

/** How Felix makes a VXLAN device (felix/dataplane/linux/vxlan_mgr.go; what it does not set is the kernel's default). */
export interface ExpectedVxlan {
  readonly mac: string;
  readonly vni: number;
  readonly port: number;
  readonly local: string;
  /** Device that the outer packets leave by. */
  readonly parent: string;
}

/** What every node's kernel must hold (recorded from Calico v3.32). */
export function expectControlPlane(plan: Plan, mode: Mode, identities: Identities): ExpectedNodeState[] {
  const pods = identities.pods.flatMap(({ node, addresses }) =>
    Object.values(addresses).map((address) => ({ node, address })),
  );
  const used: readonly string[] = plan.families.flatMap((family) =>
    tunnelModes(plan, mode, family).map(([device]) => device),
  );
  return identities.nodes.map((node) => {
    const others = identities.nodes.filter((other) => other !== node);
    return {
      node: node.name,
      routes: plan.families.flatMap((family) => [
        ...others.flatMap((other) => blockRoutes(plan, mode, family, node, other)),
        ...borrowedRoutes(plan, mode, family, node, identities),
        ...others.flatMap((other) => borrowedVteps(plan, mode, family, node, other)),
        ...ownBlocks(plan, mode, family, node),
        ...podRoutes(identities, family, node),
      ]),
      tunnels: plan.families.flatMap((family) => [
        ...tunnelOf(plan, mode, family, node),
        ...encryptingDevice(plan, family, node),
      ]),
      ...encryptionOf(plan, node, others),
      shared: identities.strangers === true ? plan.families.flatMap((family) => node.blocks[family] ?? []) : [],
      idleDevices: ["vxlan.calico", "vxlan-v6.calico", "tunl0"].filter((device) => !used.includes(device)),
      ...peersOf(plan, mode, others),
      pods,
      underlay: expectUnderlay(plan, identities, node),
    };
  });
}

function blockRoutes(plan: Plan, mode: Mode, family: Family, from: NodeIdentity, to: NodeIdentity): ExpectedRoute[] {
  return (to.blocks[family] ?? []).map((destination) => ({
    family,
    destination,
    purpose: `block of ${to.name}`,
    peer: to.name,
    type: "unicast",
    ...legTo(plan, mode, family, from, to, withoutPrefix(destination)),
  }));
}

/** A pod whose address was borrowed from another node's block has a route of its own on every other node (Felix l3_route_resolver.go). */
function borrowedRoutes(
  plan: Plan,
  mode: Mode,
  family: Family,
  from: NodeIdentity,
  { nodes, pods }: Identities,
): ExpectedRoute[] {
  return pods.flatMap(({ name, node, addresses }) => {
    const destination = addresses[family];
    const to = nodes.find((candidate) => candidate.name === node);
    if (destination === undefined || to === undefined || to.name === from.name) return [];
    if ((to.blocks[family] ?? []).some((block) => contains(block, destination))) return [];
    const purpose = `pod ${name} on ${node}, its address is borrowed`;
    const leg = legTo(plan, mode, family, from, to, destination);
    return [{ family, destination, purpose, peer: node, type: "unicast", ...leg }];
  });
}

/** The route to a VTEP that is behind the tunnel and whose address is borrowed, on the device itself (felix vxlan_mgr.go). */
function borrowedVteps(plan: Plan, mode: Mode, family: Family, from: NodeIdentity, to: NodeIdentity): ExpectedRoute[] {
  return tunnelModes(plan, mode, family).flatMap(([device, own]): ExpectedRoute[] => {
    const destination = to.tunnelAddresses[device];
    const owned = [...(to.blocks[family] ?? []), ...(to.otherBlocks?.[family] ?? [])];
    const known = destination === undefined || owned.some((block) => contains(block, destination));
    if (known || own.encapsulation !== "vxlan" || !takesTunnel(mode, family, from, to, destination)) return [];
    const purpose = `VTEP of ${to.name}, its address is borrowed`;
    return [{ family, destination, purpose, peer: to.name, type: "unicast", device, protocols: ["boot", "80"] }];
  });
}

function legTo(plan: Plan, mode: Mode, family: Family, from: NodeIdentity, to: NodeIdentity, address: string): Leg {
  const own = modeToward(mode, to, address);
  return takesTunnel(mode, family, from, to, address)
    ? tunnelLeg(plan, own, family, to)
    : plainLeg(plan, own, family, from, to);
}

type Leg = Pick<ExpectedRoute, "via" | "device" | "onlink" | "protocols" | "mtu">;

function tunnelLeg(plan: Plan, mode: PoolMode, family: Family, to: NodeIdentity): Leg {
  const device = tunnelDevice(mode, family);
  const mtu = tunnelMtu(plan, mode, family);
  const vxlan = mode.encapsulation === "vxlan";
  // Felix leaves the protocol of routes on its VXLAN device at the kernel's default, 3 (boot).
  const protocols = vxlan ? ["boot", "80"] : ownProtocols(plan);
  const via = vxlan ? device && to.tunnelAddresses[device] : to.addresses[family];
  return { ...viaOf(via), device: device ?? "", onlink: true, protocols, mtu };
}

/** Protocols of routes that are not VXLAN's: those of who is declared to make them, or of either. */
function ownProtocols({ topology }: Plan): readonly string[] {
  const { routeOwner } = topology;
  return routeOwner === undefined ? Object.values(protocolOf) : [protocolOf[routeOwner]];
}

/** As what the kernel knows the routes of each. */
const protocolOf: Readonly<Record<RouteOwner, string>> = { felix: "80", bird: "bird" };

function plainLeg(plan: Plan, mode: PoolMode, family: Family, from: NodeIdentity, to: NodeIdentity): Leg {
  const felix = madeByFelix(plan, mode, family);
  const planned = plan.nodes.find(({ name }) => name === from.name);
  const address = to.addresses[family];
  const hop = planned === undefined || address === undefined ? address : nextHop(planned, family, address, felix);
  const device = from.uplink;
  return felix
    ? { ...viaOf(hop), device, onlink: true, protocols: ["80"] }
    : { ...viaOf(hop), device, protocols: ownProtocols(plan) };
}

function viaOf(via: string | undefined): { via?: string } {
  return via === undefined ? {} : { via };
}

/** Felix makes no blackhole for a block of one address. */
function ownBlocks(plan: Plan, mode: Mode, family: Family, node: NodeIdentity): ExpectedRoute[] {
  const single = family === 4 ? "/32" : "/128";
  const blocks = (node.blocks[family] ?? []).filter((block) => !block.endsWith(single));
  return blocks.map((destination) => {
    const isVxlan = modeToward(mode, node, withoutPrefix(destination)).encapsulation === "vxlan";
    const protocols = isVxlan ? Object.values(protocolOf) : ownProtocols(plan);
    return { family, destination, purpose: "own block", type: "blackhole", protocols };
  });
}

function podRoutes(identities: Identities, family: Family, node: NodeIdentity): ExpectedRoute[] {
  const own = identities.pods.filter((pod) => pod.node === node.name);
  return own.flatMap(({ name, addresses, hostDevice: device }) => {
    const destination = addresses[family];
    if (destination === undefined) return [];
    return [{ family, destination, purpose: `pod ${name}`, type: "unicast", device, protocols: ["boot", "80"] }];
  });
}

function tunnelOf(plan: Plan, mode: Mode, family: Family, node: NodeIdentity): ExpectedTunnel[] {
  return tunnelModes(plan, mode, family).flatMap(([device, own]): ExpectedTunnel[] => {
    const address = node.tunnelAddresses[device];
    const local = node.addresses[family];
    if (address === undefined || local === undefined) return [];
    const mtu = tunnelMtu(plan, own, family);
    const base = { device, mtu, address: `${address}/${family === 4 ? 32 : 128}` };
    if (own.encapsulation !== "vxlan") return [{ ...base, kind: "ipip" }];
    const mac = vtepMacOf(node, family);
    return [{ ...base, kind: "vxlan", vxlan: { mac, vni: vniOf(plan), port: vxlanPort, local, parent: node.uplink } }];
  });
}

/** Every remote VTEP, those in the same subnet too (felix/vxlanfdb/vxlan_fdb.go). */
function peersOf(
  plan: Plan,
  mode: Mode,
  others: readonly NodeIdentity[],
): Pick<ExpectedNodeState, "fdb" | "neighbors"> {
  const peers = plan.families.flatMap((family) => {
    const devices = tunnelModes(plan, mode, family).filter(([, own]) => own.encapsulation === "vxlan");
    return devices.flatMap(([device]) =>
      others.flatMap((other) => {
        const destination = other.addresses[family];
        const address = other.tunnelAddresses[device];
        if (destination === undefined || address === undefined) return [];
        return [{ mac: vtepMacOf(other, family), destination, address, device }];
      }),
    );
  });
  return {
    fdb: peers.map(({ mac, destination, device }) => ({ mac, destination, device })),
    neighbors: peers.map(({ address, mac, device }) => ({ address, mac, device })),
  };
}
