import type { Layer, Malformed, Truncated } from "./layer.ts";
import type { PacketType } from "./sll2.ts";

/**
 * One decoded packet. Layers, payload and their fields are views of the chunk of the file that was read last: reading
 * them later is safe, but a packet that is kept keeps its whole chunk (768 KiB) in memory: keep texts and numbers.
 */
export class Packet {
  /** Position in the file, from 1 as tcpdump and Wireshark count. */
  readonly number: number;
  /** Seconds since the epoch, as exact as a double allows (well below a microsecond). */
  readonly timeSeconds: number;
  /** Bytes in the file; less than `originalLength` where the snapshot length cut the packet. */
  readonly capturedLength: number;
  /** Bytes on the wire. */
  readonly originalLength: number;
  /** Headers, outermost first; a problem, if any, comes last. */
  readonly layers: readonly Layer[];
  /** Headers of the original packet that an ICMP error quotes; [] in all others. */
  readonly quoted: readonly Layer[];
  /** The captured bytes of the whole packet. */
  readonly bytes: Uint8Array;
  private readonly payloadStart: number;
  private readonly payloadEnd: number;

  constructor(record: PcapRecord, layers: readonly Layer[], quoted: readonly Layer[], start: number, end: number) {
    this.number = record.number;
    this.timeSeconds = record.timeSeconds;
    this.capturedLength = record.capturedLength;
    this.originalLength = record.originalLength;
    this.layers = layers;
    this.quoted = quoted;
    this.bytes = record.bytes;
    this.payloadStart = start;
    this.payloadEnd = end;
  }

  /** What follows the last decoded header, without link padding; only the captured part. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadStart, Math.max(this.payloadStart, this.payloadEnd));
  }

  /** Why decoding stopped early; missing where every header was read. */
  get problem(): Malformed | Truncated | undefined {
    const last = this.layers.at(-1);
    return last?.kind === "malformed" || last?.kind === "truncated" ? last : undefined;
  }

  /** Interface that captured it, where the link type tells (SLL2). */
  get interfaceIndex(): number | undefined {
    const first = this.layers[0];
    return first?.kind === "sll2" ? first.interfaceIndex : undefined;
  }

  /** Which way it went through the interface, where the link type tells (SLL, SLL2). */
  get packetType(): PacketType | undefined {
    const first = this.layers[0];
    return first?.kind === "sll2" || first?.kind === "sll" ? first.packetType : undefined;
  }
}

/** One record of a capture file, not decoded yet. */
export interface PcapRecord {
  readonly number: number;
  readonly timeSeconds: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  readonly bytes: Uint8Array;
}
