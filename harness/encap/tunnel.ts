import { createHash } from "node:crypto";
import { onceFor } from "../core/once-for.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeIdentity, TunnelDevice } from "./identity.ts";
import type { Encapsulation, Mode, PoolMode } from "./mode.ts";
import { isOfAllPools, modesWithin } from "./pool-mode.ts";
import { isEncrypted, wireguardOverhead } from "./wireguard.ts";

/** VXLAN network identifier, Calico's default (felix/config/config_params.go VXLANVNI). */
export const defaultVni = 4096;

/** VXLAN network identifier of a plan. */
export function vniOf({ topology }: Plan): number {
  return topology.vni ?? defaultVni;
}

/** Encapsulation of a mode of all pools in one family: Calico refuses IPIP for IPv6, so that such a pool stays plain. */
export function encapsulationOf(mode: Mode, family: Family): Encapsulation {
  if (!isOfAllPools(mode)) throw new RangeError("pools with modes of their own have no one encapsulation");
  return mode.encapsulation === "ipip" && family === 6 ? "none" : mode.encapsulation;
}

/** Name of the tunnel device; undefined where mode and family have none, or pools have several. */
export function tunnelDevice(mode: Mode, family: Family): TunnelDevice | undefined {
  if (!isOfAllPools(mode)) return undefined;
  const encapsulation = encapsulationOf(mode, family);
  if (encapsulation === "none") return undefined;
  if (encapsulation === "ipip") return "tunl0";
  return family === 4 ? "vxlan.calico" : "vxlan-v6.calico";
}

/**
 * Bytes that an encapsulation adds to a packet: IPIP an IPv4 header (20, RFC 2003); VXLAN an inner Ethernet header 14,
 * VXLAN 8, UDP 8 (RFC 7348) and an outer IPv4 header 20 or IPv6 header 40; the same as in felix int_dataplane.go.
 */
export function overheadOf(encapsulation: Encapsulation, family: Family): number {
  if (encapsulation === "none") return 0;
  if (encapsulation === "ipip") return 20;
  return family === 4 ? 50 : 70;
}

/** The modes whose tunnel devices a node needs in a family, one for each device. */
export function tunnelModes(plan: Plan, mode: Mode, family: Family): readonly (readonly [TunnelDevice, PoolMode])[] {
  return modesWithin(plan, mode, family).flatMap((own) => {
    const device = tunnelDevice(own, family);
    return device === undefined ? [] : [[device, own] as const];
  });
}

/** MTU of the tunnel device of a mode and family in bytes. */
export function tunnelMtu(plan: Plan, mode: PoolMode, family: Family): number {
  const encapsulation = encapsulationOf(mode, family);
  const most = hostMtu(plan) - overheadOf(encapsulation, family);
  return encapsulation === "none" ? most : (plan.topology.tunnelMtu ?? most);
}

/**
 * MTU of every pod in bytes: the smallest over all encapsulations that the mode enables in any family, also for packets
 * that then travel plain. With VXLAN on both families IPv4 pods get the IPv6 value. WireGuard counts beside them.
 */
export function podMtu(plan: Plan, mode: Mode): number {
  const each = plan.families.flatMap((family) =>
    modesWithin(plan, mode, family).map((own) => tunnelMtu(plan, own, family)),
  );
  if (isEncrypted(plan)) each.push(...plan.families.map((family) => wireguardMtu(plan, family)));
  return Math.min(hostMtu(plan), ...each);
}

/** MTU of the WireGuard device of a family in bytes. */
export function wireguardMtu(plan: Plan, family: Family): number {
  return hostMtu(plan) - wireguardOverhead(family);
}

/** MAC of a node's VTEP: byte 0x66 and five bytes of SHA-1 of the name, for IPv6 of "<name>-v6" (felix calc/vxlan_resolver.go). */
export function vtepMac(node: string, family: Family): string {
  const digest = createHash("sha1")
    .update(family === 4 ? node : `${node}-v6`)
    .digest("hex");
  return ["66", ...(digest.slice(0, 10).match(/../g) ?? [])].join(":");
}

/** MAC of a node's VTEP: Calico makes it from the name that it knows the node by, which on a cluster is not the plan's. */
export function vtepMacOf(node: NodeIdentity, family: Family): string {
  return vtepMacs(node)[family];
}

const vtepMacs = onceFor(({ name, hostName = name }: NodeIdentity) => ({
  4: vtepMac(hostName, 4),
  6: vtepMac(hostName, 6),
}));

/** The smallest MTU of the nodes' devices (felix/dataplane/linux/int_dataplane.go): labs configure one value for all nodes. */
export const hostMtu = onceFor(({ nodes }: Plan) =>
  Math.min(...nodes.flatMap(({ uplink, others = [] }) => [uplink, ...others].map(({ mtu }) => mtu))),
);
