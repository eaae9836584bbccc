import { uint24, uint32, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { ipProtocolName } from "../ip-protocol.ts";
import { looksLikeMpls } from "../link/mpls.ts";
import { isOpenvpnData } from "./openvpn.ts";
import { enterTunnel } from "./tunnel.ts";
import { isWholeIp } from "./whole-ip.ts";

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
  if (!looksLikeMpls(cursor)) return mismatch(cursor, "MPLS", "no label stack with a packet behind it");
  enterTunnel(cursor, 0, { form: "mpls-in-udp", text: "MPLS in UDP" });
  return "mpls";
}

/** Entries of a label stack that are looked at on other ports. */
const mostLabels = 4;

/** Whether UDP's payload on another port is a label stack with a whole IP packet behind it. */
export function looksLikeMplsInUdp(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  for (let entry = 0; entry < mostLabels && isThere(cursor, entry * 4 + 4); entry += 1) {
    const isBottom = (uint8(bytes, offset + entry * 4 + 2) & 1) === 1;
    if (isBottom) return isWholeIp(cursor, offset + entry * 4 + 4);
  }
  return false;
}

/** Records of DTLS that carry data (RFC 9147, RFC 6347): 23, then a version of 1.0 to 1.3. */
export function looksLikeDtlsData(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  return isThere(cursor, 3) && uint8(bytes, offset) === 23 && uint8(bytes, offset + 1) === 0xfe;
}

/** Names GRE (UDP 4755, RFC 8086) and MPLS (UDP 6636, RFC 7510) behind DTLS. */
export function decodeDtlsTunnel(cursor: Cursor): Protocol {
  const carrier = cursor.layers.at(-1);
  const isGre = carrier?.kind === "udp" && carrier.destinationPort === 4755;
  const [form, name] = isGre ? (["gre", "GRE"] as const) : (["mpls-in-udp", "MPLS"] as const);
  enterTunnel(cursor, 0, { form, text: `${name} in DTLS`, opaque: true });
  return "payload";
}

/** Names a protocol that carries packets in a way that is not decoded here: IPComp, minimal encapsulation … */
export function decodeOpaqueInIp(cursor: Cursor): Protocol {
  const ip = cursor.layers.findLast((layer) => layer.kind === "ipv4" || layer.kind === "ipv6");
  const text = ip === undefined ? "tunnel" : ipProtocolName(ip.protocol);
  enterTunnel(cursor, 0, { form: "other-tunnel", text, opaque: true });
  return "payload";
}

/** PIM's register messages carry multicast packets to the rendezvous point (RFC 7761 section 4.9.3); all others are signaling. */
export function decodePim(cursor: Cursor): Protocol {
  const { bytes, offset } = cursor;
  // Version 2, type 1; the flag N says that there is no packet.
  const isRegister = isThere(cursor, 5) && uint8(bytes, offset) === 0x21 && (uint8(bytes, offset + 4) & 0x40) === 0;
  return isRegister ? "opaque-in-ip" : "payload";
}

/** OpenVPN's data (https://openvpn.net/community-docs/openvpn-protocol.html): opcodes 6 and 9; all else is control. */
export function decodeOpenvpn(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "openvpn")) return "payload";
  const first = uint8(cursor.bytes, cursor.offset);
  if (!isOpenvpnData(first)) return "payload";
  // Opcode 9 has the number of a peer behind it, of 3 bytes: all ones is none, and no server has 65 536.
  const hasPeer = first >> 3 === 9 && isThere(cursor, 4);
  const peer = uint24(cursor.bytes, cursor.offset + 1);
  if (hasPeer && peer > 0xffff && peer !== 0xffffff) return mismatch(cursor, "OpenVPN", `peer ${peer}`);
  enterTunnel(cursor, 0, { form: "openvpn", text: "OpenVPN data", opaque: true });
  return "payload";
}

/** CAPWAP's data channel (RFC 5415 section 4): frames of a wireless network, mostly 802.11. */
export function decodeCapwap(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "capwap")) return "payload";
  if (!isCapwap(cursor))
    return mismatch(
      cursor,
      "CAPWAP",
      `begins with 0x${uint32(cursor.bytes, cursor.offset).toString(16).padStart(8, "0")}`,
    );
  enterTunnel(cursor, 0, { form: "capwap", text: "CAPWAP data", opaque: true });
  return "payload";
}

/** Version 0; type 1 is DTLS behind three zeros, type 0 a header of its own: length in words (5 bits), radio (5), kind of frame (5). */
function isCapwap({ bytes, offset, end }: Cursor): boolean {
  const type = uint8(bytes, offset);
  if (type === 1) return uint24(bytes, offset + 1) === 0;
  const length = (uint8(bytes, offset + 1) >> 3) * 4;
  const kind = (uint8(bytes, offset + 2) >> 1) & 0x1f;
  // 802.3 has no kind of its own; 1 is 802.11, 3 EPCglobal.
  return type === 0 && length >= 8 && offset + length <= end && [0, 1, 3].includes(kind);
}
