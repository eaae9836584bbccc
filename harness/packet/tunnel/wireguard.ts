import { uint16, uint32, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import type { Packet } from "../packet.ts";
import { enterTunnel } from "./tunnel.ts";

/*
 * WireGuard (https://www.wireguard.com/protocol/), little endian: type, three zeros, then
 *
 *  1 handshake initiation  148 bytes in all        3 cookie reply     64 bytes in all
 *  2 handshake response     92 bytes in all        4 transport data   receiver (4), counter (8), data and its tag (16 + 16 n)
 *
 * Padding ends at the device's MTU (Linux, drivers/net/wireguard/send.c calculate_skb_padding): a full message may be of another length.
 */
const type = { initiation: 1, response: 2, cookie: 3, data: 4 } as const;
const lengths: Readonly<Record<number, number>> = { [type.initiation]: 148, [type.response]: 92, [type.cookie]: 64 };
const names: Readonly<Record<number, string>> = {
  [type.initiation]: "handshake initiation",
  [type.response]: "handshake response",
  [type.cookie]: "cookie reply",
};

/** Calico's ports: 51820 for IPv4, 51821 for IPv6 (felix/config/config_params.go WireguardListeningPort, ...PortV6). */
export const calicoWireguardPorts: readonly number[] = [51820, 51821];

/**
 * Whether UDP's payload is one of WireGuard's messages: by type, zeros, and length. On a port of anybody's, a counter beyond 2^48
 * would take a year at a million packets a second: what has one is somebody else's. Between two of Calico's ports data has any length.
 */
export function looksLikeWireguard(cursor: Cursor, isOwnPort = false, arePortsBoth = false): boolean {
  if (!isThere(cursor, 4)) return false;
  const { bytes, offset, end } = cursor;
  const kind = uint8(bytes, offset);
  if (kind < type.initiation || kind > type.data || uint16(bytes, offset + 1) !== 0 || uint8(bytes, offset + 3) !== 0)
    return false;
  const length = end - offset;
  if (kind !== type.data) return length === lengths[kind];
  if (!cursor.partial && (length < 32 || (!arePortsBoth && length % 16 !== 0))) return false;
  return isOwnPort || !isThere(cursor, 16) || uint16(bytes, offset + 14) === 0;
}

/** What a datagram at Calico's port for WireGuard is: of what a capture cut before its first word nobody can tell. */
export function protocolAtWireguardPort(cursor: Cursor, arePortsBoth: boolean): Protocol | undefined {
  if (looksLikeWireguard(cursor, true, arePortsBoth)) return "wireguard";
  const { bytes, offset, end, limit } = cursor;
  if (offset + 4 > limit && end - offset >= 32) return has(cursor, 4, "wireguard") ? "wireguard" : "payload";
  // One such port alone may be a client's.
  if (!arePortsBoth || !isThere(cursor, 4)) return undefined;
  return mismatch(cursor, "WireGuard", `begins with 0x${hex(uint32(bytes, offset))}`);
}

/** Decodes WireGuard as far as it can be read: kind of message and receiver; all else is encrypted. */
export function decodeWireguard(cursor: Cursor): Protocol {
  const { bytes, offset } = cursor;
  const kind = uint8(bytes, offset);
  const isData = kind === type.data;
  const receiver = isThere(cursor, 8) ? `, receiver 0x${hex(littleEndian(uint32(bytes, offset + 4)))}` : "";
  const text = isData ? `transport data${receiver}` : (names[kind] ?? "");
  enterTunnel(cursor, isData && isThere(cursor, 16) ? 16 : 0, {
    form: "wireguard",
    text: `WireGuard ${text}`,
    opaque: true,
  });
  return "payload";
}

/** A message that carries a packet, as far as everybody can read it; receiver and counter tell it from all others of its session. */
interface DataMessage {
  /** The session, by the number that its receiver gave it. */
  readonly receiver: number;
  /** Position in the session: the sender numbers its messages in the order in which their packets came. */
  readonly counter: bigint;
  /** Bytes of the packet inside with its padding: 0 in a keepalive. */
  readonly length: number;
}

/** Reads the header in front of what is encrypted; undefined in all packets that are not WireGuard's data, or were cut before that. */
export function dataMessageOf(packet: Packet): DataMessage | undefined {
  const last = packet.layers.at(-1);
  const udp = packet.layers.findLast((layer) => layer.kind === "udp");
  if (last?.kind !== "tunnel" || last.form !== "wireguard" || udp === undefined) return undefined;
  // The decoder stands behind the header of data, and where a handshake or a cut header begins.
  const { buffer, byteOffset } = packet.payload;
  if (!last.text.startsWith(dataText) || byteOffset < headerLength) return undefined;
  const header = new DataView(buffer, byteOffset - headerLength, headerLength);
  if (header.getUint32(0, true) !== type.data) return undefined;
  return {
    receiver: header.getUint32(4, true),
    counter: header.getBigUint64(8, true),
    length: udp.length - udpHeaderLength - headerLength - tagLength,
  };
}

/** Bytes: WireGuard's header and tag (whitepaper 5.4.6), and that of UDP (RFC 768). */
const headerLength = 16;
const tagLength = 16;
const udpHeaderLength = 8;
const dataText = "WireGuard transport data";

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function littleEndian(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24)) >>> 0;
}
