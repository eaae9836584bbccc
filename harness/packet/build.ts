import { EtherType } from "./link/ether-type.ts";
import { IcmpType } from "./icmp.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { vniValidFlag } from "./tunnel/vxlan.ts";

/** Puts an Ethernet II header before a payload. */
export function ethernet(
  header: { readonly source: string; readonly destination: string; readonly etherType?: number },
  payload: Uint8Array,
): Buffer {
  const { source, destination, etherType = EtherType.ipv4 } = header;
  return Buffer.concat([macBytes(destination), macBytes(source), pair(etherType), payload]);
}

export interface Ipv4Fields {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly ttl?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** Whole words of options. */
  readonly options?: Uint8Array;
  /** Instead of the true length: 0 as TSO leaves it, or a wrong one. */
  readonly totalLength?: number;
}

/** Puts an IPv4 header before a payload; fills in the checksums of UDP and TCP too, which cover the addresses. */
export function ipv4(fields: Ipv4Fields, payload: Uint8Array): Buffer {
  const options = fields.options ?? new Uint8Array();
  const header = Buffer.alloc(20 + options.length);
  header.set(options, 20);
  header.writeUInt8(0x40 | (header.length / 4), 0);
  header.writeUInt16BE(fields.totalLength ?? header.length + payload.length, 2);
  header.writeUInt16BE(fields.identification ?? 0, 4);
  const flags = (fields.dontFragment === true ? 0x4000 : 0) | (fields.moreFragments === true ? 0x2000 : 0);
  header.writeUInt16BE(flags | ((fields.fragmentOffset ?? 0) >> 3), 6);
  header.writeUInt8(fields.ttl ?? 64, 8);
  header.writeUInt8(fields.protocol, 9);
  header.set(ipv4Bytes(fields.source), 12);
  header.set(ipv4Bytes(fields.destination), 16);
  header.writeUInt16BE(checksum(header), 10);
  const addresses = Buffer.from(header.subarray(12, 20));
  return Buffer.concat([header, withChecksum(payload, fields.protocol, addresses)]);
}

/** Puts an IPv6 header before a payload; `extensions` is put between, its last next-header field set by the caller. */
export function ipv6(
  fields: {
    readonly source: string;
    readonly destination: string;
    /** Of the payload. */
    readonly protocol: number;
    readonly hopLimit?: number;
    readonly extensions?: Uint8Array;
    /** Of the first extension header, where there are some. */
    readonly nextHeader?: number;
  },
  payload: Uint8Array,
): Buffer {
  const extensions = fields.extensions ?? new Uint8Array();
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(extensions.length + payload.length, 4);
  header.writeUInt8(fields.nextHeader ?? fields.protocol, 6);
  header.writeUInt8(fields.hopLimit ?? 64, 7);
  header.set(ipv6Bytes(fields.source), 8);
  header.set(ipv6Bytes(fields.destination), 24);
  const addresses = Buffer.from(header.subarray(8, 40));
  return Buffer.concat([header, extensions, withChecksum(payload, fields.protocol, addresses)]);
}

/** Puts a UDP header before a payload; the checksum comes with the IP header. */
export function udp(
  header: { readonly sourcePort: number; readonly destinationPort: number },
  payload: Uint8Array,
): Buffer {
  return Buffer.concat([
    pair(header.sourcePort),
    pair(header.destinationPort),
    pair(8 + payload.length),
    pair(0),
    payload,
  ]);
}

/** Puts a TCP header before a payload; the checksum comes with the IP header. */
export function tcp(
  fields: {
    readonly sourcePort: number;
    readonly destinationPort: number;
    readonly sequence?: number;
    readonly acknowledgment?: number;
    /** Bits as on the wire. */
    readonly flags?: number;
    /** Whole words of options. */
    readonly options?: Uint8Array;
  },
  payload: Uint8Array,
): Buffer {
  const options = fields.options ?? new Uint8Array();
  const header = Buffer.alloc(20 + options.length);
  header.set(options, 20);
  header.writeUInt16BE(fields.sourcePort, 0);
  header.writeUInt16BE(fields.destinationPort, 2);
  header.writeUInt32BE(fields.sequence ?? 0, 4);
  header.writeUInt32BE(fields.acknowledgment ?? 0, 8);
  header.writeUInt8((header.length / 4) << 4, 12);
  header.writeUInt8(fields.flags ?? 0x10, 13);
  header.writeUInt16BE(0xffff, 14);
  return Buffer.concat([header, payload]);
}

/** Writes an ICMP message; the second word of the header is identifier and sequence, or unused and MTU. */
export function icmp(
  fields: {
    readonly type?: number;
    readonly code?: number;
    readonly identifier?: number;
    readonly sequence?: number;
  },
  payload: Uint8Array,
): Buffer {
  const header = Buffer.from([fields.type ?? IcmpType.echoRequest, fields.code ?? 0]);
  const message = Buffer.concat([header, pair(0), pair(fields.identifier ?? 0), pair(fields.sequence ?? 0), payload]);
  message.writeUInt16BE(checksum(message), 2);
  return message;
}

/** Writes an ICMPv6 message; the checksum comes with the IPv6 header. */
export function icmpv6(fields: { readonly type: number; readonly code?: number }, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([fields.type, fields.code ?? 0]), pair(0), body]);
}

/** Puts a VXLAN header before an Ethernet frame. */
export function vxlan(header: { readonly vni: number; readonly flags?: number }, frame: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(header.flags ?? vniValidFlag, 0);
  bytes.writeUIntBE(header.vni, 4, 3);
  return Buffer.concat([bytes, frame]);
}

/** The Internet checksum (RFC 1071) of some bytes whose own checksum field is 0. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const checksumOffsets: Readonly<Record<number, number>> = {
  [IpProtocol.udp]: 6,
  [IpProtocol.tcp]: 16,
  [IpProtocol.icmpv6]: 2,
};

/** Fills in the checksum over pseudo-header and payload; a payload too short for its header is left alone. */
function withChecksum(payload: Uint8Array, protocol: number, addresses: Uint8Array): Uint8Array {
  const at = checksumOffsets[protocol];
  if (at === undefined || payload.length < at + 2) return payload;
  const filled = Buffer.from(payload);
  filled.writeUInt16BE(0, at);
  const pseudo = Buffer.concat([addresses, pair(payload.length), pair(protocol)]);
  // RFC 768: a checksum that comes out as 0 is sent as all ones.
  filled.writeUInt16BE(checksum(Buffer.concat([pseudo, filled])) || 0xffff, at);
  return filled;
}

function pair(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

/** Reads an address as `::` shortens it; no dotted tail. */
function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return Buffer.concat([...before, ...zeros, ...after].map(pair));
}
