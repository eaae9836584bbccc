import { madeByFelix } from "../../encap/made-by-felix.ts";
import type { Mode } from "../../encap/mode.ts";
import { modeToward } from "../../encap/pool-mode.ts";
import { encapsulationOf, tunnelDevice, tunnelMtu } from "../../encap/tunnel.ts";
import { nextHop } from "../../encap/underlay-way.ts";
import { addressCount, contains, withoutPrefix } from "../../topology/address.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { RouteProgram } from "./node-program.ts";
import type { Peer } from "./peer.ts";

/**
 * The route of one node to another node's block, in the form that Calico v3.32 gives it: Felix programs
 * VXLAN pools (protocol 80; protocol boot, which it does not set, on the tunnel device), and IPIP and unencapsulated ones where it is
 * declared; otherwise BIRD does (protocol bird), which is v3.32's default.
 */
export function blockRoute(
  plan: Plan,
  mode: Mode,
  family: Family,
  from: Peer,
  to: Peer,
  destination: string,
): RouteProgram {
  const own = modeToward(mode, to.pools, withoutPrefix(destination));
  const encapsulation = encapsulationOf(own, family);
  const base = { family, destination, type: "unicast" } as const;
  const direct = { ...base, device: from.device } as const;
  const tunneled = own.policy === "Always" || (own.policy === "CrossSubnet" && !sameSubnet(from, to));
  const device = tunnelDevice(own, family);
  if (madeByFelix(plan, own, family)) {
    if (!tunneled || device === undefined) return { ...direct, via: to.address, protocol: "80", onlink: true };
    const into = { ...base, device, onlink: true, mtu: tunnelMtu(plan, own, family) } as const;
    return encapsulation === "vxlan"
      ? { ...into, via: to.tunnels[device] ?? "", protocol: "boot" }
      : { ...into, via: to.address, protocol: "80" };
  }
  if (tunneled && device !== undefined) return { ...base, via: to.address, device, protocol: "bird", onlink: true };
  // A network that the node has another device in holds the address.
  const beside = from.planned.others?.find(({ addresses: { [family]: own } }) => own && contains(own, to.address));
  if (beside !== undefined)
    return { ...direct, device: beside.device, via: to.address, protocol: "bird", onlink: false };
  // BIRD's recursive next hop: the node itself where the uplink's own network holds it, otherwise the router toward it.
  const via = nextHop(from.planned, family, to.address, false) ?? to.address;
  // A gateway that no network of a /32 holds.
  const onlink = !contains(from.planned.uplink.addresses[family] ?? via, via);
  return { ...direct, via, protocol: "bird", onlink };
}

/**
 * The routes to what a node has borrowed from others' blocks: one to each pod's address, and where its VTEP is behind the tunnel one to
 * that, on the device itself (felix/dataplane/linux/vxlan_mgr.go).
 */
export function borrowedRoutes(plan: Plan, mode: Mode, family: Family, from: Peer, to: Peer): readonly RouteProgram[] {
  const device = family === 4 ? "vxlan.calico" : "vxlan-v6.calico";
  const vtep = to.tunnels[device];
  const pods = to.borrowed.map((address) => blockRoute(plan, mode, family, from, to, address));
  if (vtep === undefined || to.blocks.some((block) => contains(block, vtep))) return pods;
  const toVtep = blockRoute(plan, mode, family, from, to, vtep);
  // Past the tunnel nobody leads to a VTEP's address since Felix v3.32.0 (calico 12180).
  if (toVtep.device !== device) return pods;
  const { mtu } = toVtep;
  const onDevice = { family, destination: vtep, type: "unicast", device, protocol: "boot", onlink: false } as const;
  return [...pods, { ...onDevice, ...(mtu === undefined ? {} : { mtu }) }];
}

/** The blackholes that keep packets to unused addresses of a node's own blocks in it; none for a block of one address. */
export function blackholeRoutes(
  plan: Plan,
  mode: Mode,
  family: Family,
  { blocks, pools }: Peer,
): readonly RouteProgram[] {
  return blocks.flatMap((destination): readonly RouteProgram[] => {
    if (addressCount(destination) === 1n) return [];
    const own = modeToward(mode, pools, withoutPrefix(destination));
    const protocol = madeByFelix(plan, own, family) ? "80" : "bird";
    return [{ family, destination, type: "blackhole", protocol, onlink: false }];
  });
}

/** Calico's decision (felix/calc/l3_route_resolver.go): the local node's registered network holds the remote node's address. */
function sameSubnet(from: Peer, to: Peer): boolean {
  return contains(from.registered, to.address);
}
