import type { Ethernet } from "./ethernet.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { IpLayer, Layer, TransportLayer } from "./layer.ts";
import type { Packet } from "./packet.ts";
import type { Vxlan } from "./vxlan.ts";

/** How a packet travels: the outermost encapsulation decides. */
export type PacketForm = "plain" | "ipip" | "vxlan";

/**
 * Tells the form of a packet. IP directly in IP counts as "ipip" by the outer header's protocol number, also where the
 * inner header is cut or fragmented away; VXLAN by the UDP port that the reader was told, also where its header is bad.
 */
export function formOf(packet: Packet): PacketForm {
  for (const layer of packet.layers) {
    if (isVxlan(layer)) return "vxlan";
    if (layer.kind === "ipv4" || layer.kind === "ipv6") {
      if (layer.protocol === IpProtocol.ipv4 || layer.protocol === IpProtocol.ipv6) return "ipip";
    }
  }
  return "plain";
}

/** The first IP header; missing in packets that are not IP. */
export function outerIp(packet: Packet): IpLayer | undefined {
  for (const layer of packet.layers) if (isIp(layer)) return layer;
  return undefined;
}

/**
 * The IP header of the traffic itself: the innermost one, the same as the outer one on plain packets. Missing where
 * the encapsulated packet is not IP or was cut before its IP header.
 */
export function innerIp(packet: Packet): IpLayer | undefined {
  const { layers } = packet;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    if (layer === undefined || isVxlan(layer)) return undefined;
    if (isIp(layer)) return hidesAnother(layer) ? undefined : layer;
  }
  return undefined;
}

/** The header that follows the inner IP header: TCP, UDP, ICMP or ICMPv6; missing where there is none or it is cut. */
export function transport(packet: Packet): TransportLayer | undefined {
  const { layers } = packet;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    if (layer === undefined || isVxlan(layer) || isIp(layer)) return undefined;
    if (isTransport(layer)) return layer;
  }
  return undefined;
}

/** The outermost VXLAN header; missing in packets without. */
export function vxlanOf(packet: Packet): Vxlan | undefined {
  for (const layer of packet.layers) if (layer.kind === "vxlan") return layer;
  return undefined;
}

/** The Ethernet header inside the outermost VXLAN header; missing in packets without. */
export function innerEthernet(packet: Packet): Ethernet | undefined {
  const { layers } = packet;
  for (let index = 0; index < layers.length; index += 1) {
    if (layers[index]?.kind !== "vxlan") continue;
    const next = layers[index + 1];
    return next?.kind === "ethernet" ? next : undefined;
  }
  return undefined;
}

/** Bytes that encapsulation adds to this packet: outer minus inner IP length; 0 for plain, missing where inner is cut. */
export function overheadOf(packet: Packet): number | undefined {
  const outer = outerIp(packet);
  const inner = innerIp(packet);
  return outer === undefined || inner === undefined ? undefined : outer.length - inner.length;
}

/** True for an IP header whose payload should be another IP header, so that it is not the traffic's own. */
function hidesAnother(layer: IpLayer): boolean {
  return layer.protocol === IpProtocol.ipv4 || layer.protocol === IpProtocol.ipv6;
}

/** A VXLAN header, or the reason for which it could not be read. */
function isVxlan(layer: Layer): boolean {
  const bad = layer.kind === "truncated" || layer.kind === "malformed";
  return bad ? layer.protocol === "vxlan" : layer.kind === "vxlan";
}

function isIp(layer: Layer): layer is IpLayer {
  return layer.kind === "ipv4" || layer.kind === "ipv6";
}

function isTransport(layer: Layer): layer is TransportLayer {
  return layer.kind === "udp" || layer.kind === "tcp" || layer.kind === "icmp" || layer.kind === "icmpv6";
}
