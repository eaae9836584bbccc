import { uint16, uint32, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { EtherType, etherTypeName, isKnownEtherType, protocolOfEtherType } from "../link/ether-type.ts";
import { looksLikeFrame } from "../link/ethernet.ts";
import { isWholeIp } from "./whole-ip.ts";
import { enterTunnel, type TunnelForm } from "./tunnel.ts";

/*
 * GRE (RFC 2784, RFC 2890; routing of RFC 1701; version 1 is PPTP's, RFC 2637)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-----+---------+-----+-------------------------------+
 *  |C|R|K|S|s|recur|  flags  |version|      protocol (EtherType)   |
 *  +-------------------------------+-------------------------------+
 *  |   checksum (where C or R)     |     offset (where C or R)     |
 *  +---------------------------------------------------------------+
 *  |                         key (where K)                         |
 *  +---------------------------------------------------------------+
 *  |                   sequence number (where S)                   |
 *  +---------------------------------------------------------------+
 *  |   version 1: acknowledgment number (where A); routing (R)     |
 *  +---------------------------------------------------------------+
 */
const bit = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000, acknowledgment: 0x0080 } as const;
const fixedLength = 4;

/** What GRE names beside the EtherTypes: mirrors of whole frames (draft-foschiano-erspan), WCCP's redirection, and MikroTik's EoIP. */
const greType = { erspan2: 0x88be, erspan3: 0x22eb, wccp: 0x883e, mikrotik: 0x6400 } as const;

/** Decodes a GRE header with its options; ERSPAN's own header, which stands behind it, counts as a part of it. */
export function decodeGre(cursor: Cursor): Protocol {
  if (!has(cursor, fixedLength, "gre")) return "payload";
  const { bytes, offset } = cursor;
  const flags = uint16(bytes, offset);
  const type = uint16(bytes, offset + 2);
  const version = flags & 0x0007;
  if (version > 1) {
    enterTunnel(cursor, fixedLength, { form: "gre", text: `GRE version ${version}`, opaque: true });
    return "payload";
  }
  const length = lengthOf(flags, version);
  if (!has(cursor, length, "gre")) return "payload";
  const keyAt = offset + fixedLength + ((flags & (bit.checksum | bit.routing)) === 0 ? 0 : 4);
  const key = (flags & bit.key) === 0 ? undefined : version === 1 ? uint16(bytes, keyAt + 2) : uint32(bytes, keyAt);
  if (type === greType.erspan2 || type === greType.erspan3) return enterErspan(cursor, length, flags, type);
  const form: TunnelForm = type === EtherType.ethernet || type === greType.mikrotik ? "gretap" : "gre";
  const keyText = key === undefined ? "" : ` key ${key}`;
  enterTunnel(cursor, length, {
    form,
    ...(key === undefined ? {} : { id: key }),
    text: `GRE${keyText} ${nameOf(type)}`,
  });
  if ((flags & bit.routing) !== 0 && !skipRouting(cursor)) return "payload";
  return protocolOfGre(cursor, type);
}

/** Decodes GRE in UDP 4754 (RFC 8086), where flags beyond RFC 2784's and types that nobody knows are somebody else's datagram. */
export function decodeGreInUdp(cursor: Cursor): Protocol {
  if (!has(cursor, fixedLength, "gre")) return "payload";
  const flags = uint16(cursor.bytes, cursor.offset);
  const type = uint16(cursor.bytes, cursor.offset + 2);
  const isKnown = type === EtherType.ipv4 || type === EtherType.ipv6 || isKnownEtherType(type);
  if ((flags & ~(bit.checksum | bit.key | bit.sequence)) === 0 && isKnown) return decodeGre(cursor);
  return mismatch(cursor, "GRE", `begins with 0x${flags.toString(16).padStart(4, "0")}`);
}

/** Whether UDP's payload on another port is GRE with IP or a frame behind it from a place on, as Linux's Foo over UDP sends it. */
export function looksLikeGre(cursor: Cursor, at = cursor.offset): boolean {
  const { bytes, offset } = cursor;
  if (!isThere(cursor, at - offset + fixedLength)) return false;
  const flags = uint16(bytes, at);
  if ((flags & ~(bit.checksum | bit.key | bit.sequence)) !== 0) return false;
  const next = at + lengthOf(flags, 0);
  switch (uint16(bytes, at + 2)) {
    case EtherType.ipv4:
    case EtherType.ipv6:
      return isWholeIp(cursor, next);
    case EtherType.ethernet:
      return isThere(cursor, next - offset + 16) && looksLikeFrame(cursor, next);
    default:
      return false;
  }
}

function lengthOf(flags: number, version: number): number {
  const words =
    ((flags & (bit.checksum | bit.routing)) === 0 ? 0 : 1) +
    ((flags & bit.key) === 0 ? 0 : 1) +
    ((flags & bit.sequence) === 0 ? 0 : 1) +
    (version === 1 && (flags & bit.acknowledgment) !== 0 ? 1 : 0);
  return fixedLength + 4 * words;
}

function protocolOfGre(cursor: Cursor, type: number): Protocol {
  if (type === greType.mikrotik) return "ethernet";
  if (type !== greType.wccp) return protocolOfEtherType(cursor, type);
  // WCCP version 2 puts 4 bytes before the packet, version 1 none.
  const isBare = cursor.offset < cursor.limit && [4, 6].includes(uint8(cursor.bytes, cursor.offset) >> 4);
  if (!isBare) cursor.offset += 4;
  return "raw";
}

/** RFC 1701: source route entries (family, offset, length) up to an empty one. */
function skipRouting(cursor: Cursor): boolean {
  for (;;) {
    if (!has(cursor, 4, "gre routing")) return false;
    const length = uint8(cursor.bytes, cursor.offset + 3);
    const last = uint16(cursor.bytes, cursor.offset) === 0 && length === 0;
    cursor.offset += 4 + length;
    if (last) return true;
  }
}

/*
 * ERSPAN: type I has no header of its own (no GRE sequence number); type II 8 bytes, type III 12, or 20 where its last bit
 * announces platform bytes. Version, VLAN and session stand at the same place in both.
 */
function enterErspan(cursor: Cursor, greLength: number, flags: number, type: number): Protocol {
  const { bytes, offset } = cursor;
  if (type === greType.erspan2 && (flags & bit.sequence) === 0) {
    enterTunnel(cursor, greLength, { form: "erspan", text: "ERSPAN type I" });
    return "ethernet";
  }
  const at = offset + greLength;
  const base = type === greType.erspan2 ? 8 : 12;
  if (!has(cursor, greLength + base, "erspan")) return "payload";
  const extra = type === greType.erspan3 && (uint8(bytes, at + 11) & 1) === 1 ? 8 : 0;
  if (!has(cursor, greLength + base + extra, "erspan")) return "payload";
  const session = uint16(bytes, at + 2) & 0x03ff;
  const text = `ERSPAN type ${type === greType.erspan2 ? "II" : "III"} session ${session}`;
  enterTunnel(cursor, greLength + base + extra, { form: "erspan", id: session, text });
  return "ethernet";
}

function nameOf(type: number): string {
  if (type === EtherType.ethernet || type === greType.mikrotik) return "carries Ethernet";
  if (type === EtherType.ipv4) return "carries IPv4";
  if (type === EtherType.ipv6) return "carries IPv6";
  return `carries ${etherTypeName(type)}`;
}
