import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeIdentity, WireguardDevice } from "./identity.ts";

/** Priority of the rule that asks WireGuard's table first (felix/config/config_params.go WireguardRoutingRulePriority). */
export const wireguardPriority = 99;

/** The device that encrypts what goes to other nodes' pods in a family. */
export function wireguardDevice(family: Family): WireguardDevice {
  return family === 4 ? "wireguard.cali" : "wg-v6.cali";
}

/** UDP port at both ends: 51820, for IPv6 51821 (felix/config/config_params.go WireguardListeningPort, ...PortV6). */
export function wireguardPort(family: Family): number {
  return family === 4 ? 51820 : 51821;
}

/**
 * Bytes that WireGuard adds to a packet that its padding does not: an outer IPv4 header 20 or IPv6 header 40, UDP 8, its own header 16
 * and tag 16 (felix int_dataplane.go wireguardMTUOverhead 60, ...V6 80).
 */
export function wireguardOverhead(family: Family): number {
  return family === 4 ? 60 : 80;
}

/** Length of a packet inside of WireGuard: zeros fill it up to a multiple of 16 (whitepaper 5.4.6), but not beyond the device's MTU. */
export function paddedLength(length: number, mtu: number): number {
  return length > mtu ? length : Math.min(mtu, Math.ceil(length / 16) * 16);
}

/** Number of the table that leads into it: the first that Felix takes of its range (RouteTableRanges from 1), and the second for IPv6. */
export function wireguardTable(family: Family): number {
  return family === 4 ? 1 : 2;
}

/** Whether the topology declares encryption between nodes' pods. */
export function isEncrypted({ topology }: Plan): boolean {
  return topology.wireguard === true;
}

/**
 * Whether packets from one node to an address of another that only Calico's routes lead to are encrypted: both need a key. A peer without
 * is reached as the pool's mode says (felix wireguard.go shouldProgramWireguardPeer).
 */
export function isEncryptedBetween(from: Pick<NodeIdentity, "encrypts">, to: Pick<NodeIdentity, "encrypts">): boolean {
  return from.encrypts === true && to.encrypts === true;
}
