import { formatMac } from "../address.ts";
import { uint16, uint32, uint8 } from "../bytes.ts";
import { has, type Cursor, type Protocol } from "../cursor.ts";
import { protocolOfEtherType } from "./ether-type.ts";

/*
 * Linux cooked capture v2 (LINKTYPE_LINUX_SLL2, 276): what `tcpdump -i any` writes
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |     protocol (EtherType)      |           reserved            |
 *  +-------------------------------+-------------------------------+
 *  |                        interface index                        |
 *  +-------------------------------+---------------+---------------+
 *  |         ARPHRD_ type          |  packet type  |  addr length  |
 *  +-------------------------------+---------------+---------------+
 *  |                link-layer address of the sender               |
 *  |                           (8 bytes)                           |
 *  +---------------------------------------------------------------+
 */
const field = { protocol: 0, interfaceIndex: 4, hardware: 8, packetType: 10, addressLength: 11, address: 12 } as const;
const headerLength = 20;

/** Which way a packet went through the interface that captured it (PACKET_* in linux/if_packet.h). */
export type PacketType = "in" | "broadcast" | "multicast" | "other" | "out" | "unknown";

const packetTypes: readonly PacketType[] = ["in", "broadcast", "multicast", "other", "out"];

/** Names the numeric packet type of a cooked capture. */
export function packetTypeOf(value: number): PacketType {
  return packetTypes[value] ?? "unknown";
}

/** Cooked header of a capture on all interfaces. */
export class Sll2 {
  readonly kind = "sll2";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get interfaceIndex(): number {
    return uint32(this.bytes, this.start + field.interfaceIndex);
  }

  get packetType(): PacketType {
    return packetTypeOf(uint8(this.bytes, this.start + field.packetType));
  }

  get etherType(): number {
    return uint16(this.bytes, this.start + field.protocol);
  }

  /** ARPHRD_* of the interface: 1 Ethernet, 768 tunl0, 772 loopback. */
  get hardware(): number {
    return uint16(this.bytes, this.start + field.hardware);
  }

  /** MAC address of the sender; empty on interfaces that have none. */
  get source(): string {
    const length = uint8(this.bytes, this.start + field.addressLength);
    return length === 6 ? formatMac(this.bytes, this.start + field.address) : "";
  }
}

/** Names the decoder for the protocol of a cooked header: an EtherType, or 4 for frames of 802.2 (ETH_P_802_2 of Linux). */
export function protocolOfCooked(cursor: Cursor, protocol: number): Protocol {
  return protocol === 4 ? "llc" : protocolOfEtherType(cursor, protocol);
}

/** Decodes a cooked header, version 2. */
export function decodeSll2(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "sll2")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Sll2(bytes, offset));
  cursor.offset = offset + headerLength;
  return protocolOfCooked(cursor, uint16(bytes, offset + field.protocol));
}
