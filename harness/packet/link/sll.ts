import { formatMac } from "../address.ts";
import { uint16, uint8 } from "../bytes.ts";
import { has, opaque, type Cursor, type Protocol } from "../cursor.ts";
import { packetTypeOf, protocolOfCooked, type PacketType } from "./sll2.ts";

/*
 * Linux cooked capture v1 (LINKTYPE_LINUX_SLL, 113): `tcpdump -i any` before libpcap 1.10
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
 *
 *  0               2               4               6                        14              16
 *  +---------------+---------------+---------------+------------------------+---------------+
 *  |  packet type  |  ARPHRD_ type |  addr length  |   sender (8 bytes)     |   EtherType   |
 *  +---------------+---------------+---------------+------------------------+---------------+
 */
const field = { packetType: 0, hardware: 2, addressLength: 4, address: 6, protocol: 14 } as const;
const headerLength = 16;

/** ARPHRD_NETLINK in linux/if_arp.h: `tcpdump -i nlmon0` captures messages to the kernel. */
const netlinkHardware = 824;

/** Cooked header of a capture on all interfaces, without the interface. */
export class Sll {
  readonly kind = "sll";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get packetType(): PacketType {
    return packetTypeOf(uint16(this.bytes, this.start + field.packetType));
  }

  get etherType(): number {
    return uint16(this.bytes, this.start + field.protocol);
  }

  /** MAC address of the sender; empty on interfaces that have none. */
  get source(): string {
    const length = uint8(this.bytes, this.start + field.addressLength + 1);
    return length === 6 ? formatMac(this.bytes, this.start + field.address) : "";
  }
}

/** Decodes a cooked header, version 1. */
export function decodeSll(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "sll")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Sll(bytes, offset));
  cursor.offset = offset + headerLength;
  if (uint16(bytes, offset + field.hardware) === netlinkHardware) return opaque(cursor, "netlink");
  return protocolOfCooked(cursor, uint16(bytes, offset + field.protocol));
}
