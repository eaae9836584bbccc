import { formatMac } from "../address.ts";
import { uint16 } from "../bytes.ts";
import { has, type Cursor, type Protocol } from "../cursor.ts";
import { EtherType, isKnownEtherType, protocolOfTypeOrLength } from "./ether-type.ts";

/*
 * IEEE 802.3 / DIX Ethernet II, without preamble and FCS
 *
 *  0               6              12      14
 *  +---------------+---------------+-------+----
 *  |  destination  |    source     | type  | payload
 *  +---------------+---------------+-------+----
 */
const field = { destination: 0, source: 6, etherType: 12 } as const;
const headerLength = 14;

/** Ethernet header of a frame, on the wire or inside a tunnel. */
export class Ethernet {
  readonly kind = "ethernet";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get source(): string {
    return formatMac(this.bytes, this.start + field.source);
  }

  get destination(): string {
    return formatMac(this.bytes, this.start + field.destination);
  }

  /** EtherType, or the length of an 802.3 frame where it is below 1536. */
  get etherType(): number {
    return uint16(this.bytes, this.start + field.etherType);
  }
}

/** Decodes an Ethernet header; one with a length instead of a type is followed by LLC. */
export function decodeEthernet(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "ethernet")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Ethernet(bytes, offset));
  cursor.offset = offset + headerLength;
  return protocolOfTypeOrLength(cursor, uint16(bytes, offset + field.etherType));
}

/**
 * Whether the bytes from a place on look like an Ethernet frame of IP or ARP: for headers that anything may follow. What the
 * capture cut counts as alike.
 */
export function looksLikeEthernet({ bytes, limit, end, partial }: Cursor, at: number): boolean {
  const until = at + headerLength + 2;
  if (until > limit || until > end) return until <= end || partial;
  const next = at + headerLength;
  switch (uint16(bytes, at + field.etherType)) {
    case EtherType.ipv4:
      return (bytes[next] ?? 0) >> 4 === 4;
    case EtherType.ipv6:
      return (bytes[next] ?? 0) >> 4 === 6;
    case EtherType.arp:
      return uint16(bytes, next) === 1;
    case EtherType.vlan:
    case EtherType.serviceVlan:
      return true;
    default:
      return false;
  }
}

/** Service access points of LLC that bridges and routers send: STP, SNAP, IS-IS. */
const usualSaps: ReadonlySet<number> = new Set([0x4242, 0xaaaa, 0xfefe]);

/** The same for a frame of anything known, where a header's own fields tell most: what carries LLDP or MPLS is a tunnel, too. */
export function looksLikeFrame(cursor: Cursor, at: number): boolean {
  if (looksLikeEthernet(cursor, at)) return true;
  const { bytes, limit, end } = cursor;
  const next = at + headerLength;
  if (next + 2 > limit || next + 2 > end) return false;
  const type = uint16(bytes, at + field.etherType);
  if (type === EtherType.ipv4 || type === EtherType.ipv6 || type === EtherType.arp) return false;
  return isKnownEtherType(type) || (type >= 3 && next + type <= end && usualSaps.has(uint16(bytes, next)));
}
