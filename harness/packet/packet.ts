import type { Layer, Malformed, Truncated } from "./layer.ts";
import type { PacketType } from "./link/sll2.ts";
import type { Tunnel } from "./tunnel/tunnel.ts";

/**
 * One decoded packet. Layers, payload and their fields are views of the chunk of the file that was read last: reading
 * them later is safe, but a packet that is kept keeps its whole chunk (768 KiB) in memory: keep texts and numbers. Where the
 * reader asked for `reuse`, they hold until the listener returns.
 */
export class Packet {
  /** Headers, outermost first; a problem, if any, comes last. */
  readonly layers: readonly Layer[];
  /** Headers of the original packet that an ICMP error quotes; [] in all others. */
  readonly quoted: readonly Layer[];
  private readonly record: PcapRecord;
  private readonly payloadStart: number;
  private readonly payloadEnd: number;

  private readonly content: Packet | undefined;

  constructor(
    record: PcapRecord,
    layers: readonly Layer[],
    quoted: readonly Layer[],
    start: number,
    end: number,
    content?: Packet,
  ) {
    this.layers = layers;
    this.quoted = quoted;
    this.record = record;
    this.payloadStart = start;
    this.payloadEnd = end;
    this.content = content;
  }

  /** Position in the file, from 1 as tcpdump and Wireshark count. */
  get number(): number {
    return this.record.number;
  }

  /** Seconds since the epoch, as exact as a double allows (well below a microsecond). */
  get timeSeconds(): number {
    return this.record.timeSeconds;
  }

  /** Bytes in the file; less than `originalLength` where the snapshot length cut the packet. */
  get capturedLength(): number {
    return this.record.capturedLength;
  }

  /** Bytes on the wire. */
  get originalLength(): number {
    return this.record.originalLength;
  }

  /** The captured bytes of the whole packet. */
  get bytes(): Uint8Array {
    const { bytes, start = 0, capturedLength } = this.record;
    return bytes.subarray(start, start + capturedLength);
  }

  /** What follows the last decoded header, without link padding; only the captured part. */
  get payload(): Uint8Array {
    if (this.content !== undefined) return this.content.payload;
    return this.record.bytes.subarray(this.payloadStart, Math.max(this.payloadStart, this.payloadEnd));
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

  /** The interface as the file describes it; pcapng alone does. */
  get capturedOn(): CaptureInterface | undefined {
    return this.record.capturedOn;
  }

  /**
   * The same packet with the headers and the payload of what it is known to carry encrypted, from another tap where that was readable:
   * `known` says whence, in a line of its own.
   */
  carrying(content: Packet, known: string): Packet {
    const inner = content.layers.filter(({ kind }) => kind !== "sll2" && kind !== "sll" && kind !== "ethernet");
    const layers: Layer[] = [...this.layers, { kind: "shim", name: known, detail: "" }, ...inner];
    return new Packet(this.record, layers, content.quoted, this.payloadStart, this.payloadEnd, content);
  }

  /** The same packet with what only other packets of its connection tell: the tunnel that it is a part of. */
  within(tunnel: Tunnel): Packet {
    const layers: Layer[] = [...this.layers, tunnel];
    return new Packet(this.record, layers, this.quoted, this.payloadStart, this.payloadEnd);
  }

  /** The packet as it was inside of its first headers: `count` of them are taken away, but for a cooked header. */
  behind(count: number): Packet {
    const [link] = this.layers;
    const kept = link?.kind === "sll2" || link?.kind === "sll" ? [link] : [];
    const layers = [...kept, ...this.layers.slice(count)];
    return new Packet(this.record, layers, this.quoted, this.payloadStart, this.payloadEnd);
  }
}

/** An interface that a pcapng file describes. */
export interface CaptureInterface {
  /** Its place among the interfaces of the file, from 0. */
  readonly index: number;
  readonly name: string | undefined;
  readonly linkType: number;
  /** 0 where there is no limit. */
  readonly snaplen: number;
}

/** One record of a capture file, not decoded yet. */
export interface PcapRecord {
  readonly number: number;
  readonly timeSeconds: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  /** Holds the record's bytes, and maybe those of others around them. */
  readonly bytes: Uint8Array;
  /** Where the record's bytes begin in `bytes`; 0 where missing. */
  readonly start?: number;
  readonly capturedOn?: CaptureInterface | undefined;
}
