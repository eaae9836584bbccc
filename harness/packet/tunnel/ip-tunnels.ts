import { uint8 } from "../bytes.ts";
import { has, type Cursor, type Protocol } from "../cursor.ts";
import { ipProtocolName } from "../ip-protocol.ts";
import { enterTunnel } from "./tunnel.ts";

/** Decodes EtherIP (RFC 3378): version 3, then a frame. */
export function decodeEtherip(cursor: Cursor): Protocol {
  if (!has(cursor, 2, "etherip")) return "payload";
  enterTunnel(cursor, 2, { form: "etherip", text: "EtherIP" });
  return "ethernet";
}

/** A frame directly in IPv6 (next header 143, RFC 8986: SRv6's L2 services). */
export function decodeEthernetInIp(cursor: Cursor): Protocol {
  enterTunnel(cursor, 0, { form: "etherip", text: "Ethernet in IP" });
  return "ethernet";
}

/** MPLS directly in IP (RFC 4023) */
export function decodeMplsInIp(cursor: Cursor): Protocol {
  enterTunnel(cursor, 0, { form: "mpls-in-ip", text: "MPLS in IP" });
  return "mpls";
}

/** MPLS in UDP 6635 (RFC 7510). */
export function decodeMplsInUdp(cursor: Cursor): Protocol {
  enterTunnel(cursor, 0, { form: "mpls-in-udp", text: "MPLS in UDP" });
  return "mpls";
}

/** Names a protocol that carries packets in a way that is not decoded here: IPComp, minimal encapsulation … */
export function decodeOpaqueInIp(cursor: Cursor): Protocol {
  const ip = cursor.layers.findLast((layer) => layer.kind === "ipv4" || layer.kind === "ipv6");
  const text = ip === undefined ? "tunnel" : ipProtocolName(ip.protocol);
  enterTunnel(cursor, 0, { form: "other-tunnel", text, opaque: true });
  return "payload";
}

/** OpenVPN's data (https://openvpn.net/community-docs/openvpn-protocol.html): opcodes 6 and 9; all else is control. */
export function decodeOpenvpn(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "openvpn")) return "payload";
  const opcode = uint8(cursor.bytes, cursor.offset) >> 3;
  if (opcode !== 6 && opcode !== 9) return "payload";
  enterTunnel(cursor, 0, { form: "openvpn", text: "OpenVPN data", opaque: true });
  return "payload";
}

/** CAPWAP's data channel (RFC 5415 section 4): frames of a wireless network, mostly 802.11. */
export function decodeCapwap(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "capwap")) return "payload";
  // Version 0; type 0 is clear text, 1 DTLS.
  if (uint8(cursor.bytes, cursor.offset) > 1) return "payload";
  enterTunnel(cursor, 0, { form: "capwap", text: "CAPWAP data", opaque: true });
  return "payload";
}
