import { uint16, uint32, uint8 } from "./bytes.ts";
import { has, isThere, malformed, type Cursor, type Protocol } from "./cursor.ts";
import { looksLikeStt, sttPort } from "./tunnel/stt.ts";

/*
 * TCP (RFC 9293)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          source port          |       destination port        |
 *  +-------------------------------+-------------------------------+
 *  |                        sequence number                        |
 *  +---------------------------------------------------------------+
 *  |                    acknowledgment number                      |
 *  +-------+-------+---------------+-------------------------------+
 *  |offset |       |CEUAPRSF flags |            window             |
 *  +-------+-------+---------------+-------------------------------+
 *  |           checksum            |        urgent pointer         |
 *  +-------------------------------+-------------------------------+
 *  |                    options (offset > 5), padding              |
 *  +---------------------------------------------------------------+
 */
const field = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgment: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
} as const;
const minimumHeader = 20;
/** Ports and sequence number: what RFC 792 promises of a header that an ICMP error quotes. */
const quotedHeader = 8;
const flagLetters = ["F", "S", "R", "P", "A", "U", "E", "C"];

/** TCP header. */
export class Tcp {
  readonly kind = "tcp";
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

  get sequence(): number {
    return uint32(this.bytes, this.start + field.sequence);
  }

  get acknowledgment(): number {
    return uint32(this.bytes, this.start + field.acknowledgment);
  }

  /** Bits as on the wire: 1 FIN, 2 SYN, 4 RST, 8 PSH, 16 ACK, 32 URG, 64 ECE, 128 CWR. */
  get flags(): number {
    return uint8(this.bytes, this.start + field.flags);
  }

  /** "SA" for SYN+ACK; letters of FIN SYN RST PSH ACK URG ECE CWR. */
  get flagText(): string {
    const flags = this.flags;
    return flagLetters.filter((_, bit) => (flags & (1 << bit)) !== 0).join("");
  }

  get window(): number {
    return uint16(this.bytes, this.start + field.window);
  }

  get checksum(): number {
    return uint16(this.bytes, this.start + field.checksum);
  }

  /** In bytes, options included. */
  get headerLength(): number {
    return (uint8(this.bytes, this.start + field.dataOffset) >> 4) * 4;
  }

  /** The MSS option (kind 2, RFC 9293 3.7.1); missing where the sender gave none. */
  get maximumSegmentSize(): number | undefined {
    const end = this.start + this.headerLength;
    for (let at = this.start + minimumHeader; at < end;) {
      const kind = uint8(this.bytes, at);
      const length = uint8(this.bytes, at + 1);
      if (kind === 0) return undefined;
      if (kind === 2 && length === 4 && at + 4 <= end) return uint16(this.bytes, at + 2);
      at += kind === 1 ? 1 : Math.max(2, length);
    }
    return undefined;
  }
}

/** Decodes a TCP header with its options; of a quoted one, as much as there is. */
export function decodeTcp(cursor: Cursor): Protocol {
  const { bytes, offset, limit } = cursor;
  if (cursor.quoting && isThere(cursor, quotedHeader) && !isThere(cursor, minimumHeader)) {
    // Its own view, so that fields which are not there read as 0.
    cursor.layers.push(new Tcp(bytes.subarray(0, limit), offset));
  }
  if (!has(cursor, minimumHeader, "tcp")) return "payload";
  const headerLength = (uint8(bytes, offset + field.dataOffset) >> 4) * 4;
  if (headerLength < minimumHeader) return malformed(cursor, "tcp", `header length is ${headerLength}`);
  if (!has(cursor, headerLength, "tcp")) return "payload";
  cursor.layers.push(new Tcp(bytes, offset));
  cursor.offset = offset + headerLength;
  if (uint16(bytes, offset + field.destinationPort) !== sttPort) return "payload";
  return headerLength === minimumHeader && looksLikeStt(cursor, offset) ? "stt" : "payload";
}
