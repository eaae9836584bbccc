import { uint16 } from "./bytes.ts";
import { has, malformed, narrow, type Cursor, type Protocol } from "./cursor.ts";
import { protocolInUdp } from "./tunnel/udp-tunnels.ts";

/*
 * UDP (RFC 768)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          source port          |       destination port        |
 *  +-------------------------------+-------------------------------+
 *  |            length             |           checksum            |
 *  +-------------------------------+-------------------------------+
 */
const field = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6 } as const;
const headerLength = 8;

/** UDP header. */
export class Udp {
  readonly kind = "udp";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get sourcePort(): number {
    return uint16(this.bytes, this.start + field.sourcePort);
  }

  get destinationPort(): number {
    return uint16(this.bytes, this.start + field.destinationPort);
  }

  /** Header and payload in bytes, as the sender wrote it. */
  get length(): number {
    return uint16(this.bytes, this.start + field.length);
  }

  /** 0 = none; on a veth the kernel may not have filled it in yet. */
  get checksum(): number {
    return uint16(this.bytes, this.start + field.checksum);
  }
}

/** Decodes a UDP header. VXLAN follows only on the ports that the reader named; other tunnels by port or shape. */
export function decodeUdp(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "udp")) return "payload";
  const { bytes, offset } = cursor;
  const length = uint16(bytes, offset + field.length);
  if (length !== 0 && length < headerLength)
    return malformed(cursor, "udp", `length ${length} is less than its header`);
  // 0 stands for "to the end of the packet" (RFC 2675 section 4).
  if (length !== 0) narrow(cursor, offset + length, "udp");
  cursor.layers.push(new Udp(bytes, offset));
  cursor.offset = offset + headerLength;
  const destination = uint16(bytes, offset + field.destinationPort);
  if (cursor.vxlanPorts.includes(destination)) return "vxlan";
  return protocolInUdp(cursor, uint16(bytes, offset + field.sourcePort), destination);
}
