import { corruptLength, cutRecord, type DamageError } from "./damage-error.ts";
import { fileHeaderLength, maximumRecord, recordHeaderLength, type Oddity, type PcapFormat } from "./pcap-format.ts";
import type { RawRecord } from "./read-pcap.ts";

/** Reads a pcap of an old or patched libpcap, whose record headers pcap-parser does not know. */
export class OddPcapReading {
  packets = 0;
  private readonly path: string;
  private readonly format: PcapFormat;
  private readonly oddity: Oddity;
  private readonly onRecord: (record: RawRecord) => void;
  /** Bytes of the header and of all whole records so far. */
  private consumed = 0;

  constructor(path: string, format: PcapFormat, oddity: Oddity, onRecord: (record: RawRecord) => void) {
    this.path = path;
    this.format = format;
    this.oddity = oddity;
    this.onRecord = onRecord;
  }

  /** Reads the whole records of a chunk; the first chunk begins with the file's header. */
  consume(chunk: Buffer, from: number, to: number): number {
    let at = from;
    if (this.consumed === 0) {
      this.consumed = fileHeaderLength;
      at += fileHeaderLength;
    }
    const headerLength = recordHeaderLength + this.oddity.extra;
    while (to - at >= headerLength) {
      const [captured, original] = this.lengthsAt(chunk, at);
      if (captured > maximumRecord) throw corruptLength(this.path, this.consumed, this.packets, captured, original);
      if (to - at < headerLength + captured) break;
      this.emit(chunk, at, captured, original);
      at += headerLength + captured;
      this.consumed += headerLength + captured;
    }
    return at;
  }

  /** The error for a file that ends within a record. */
  cut(left: number): DamageError {
    return cutRecord(this.path, left, this.packets);
  }

  private lengthsAt(chunk: Buffer, at: number): readonly [captured: number, original: number] {
    const [first, second] = [this.uint32(chunk, at + 8), this.uint32(chunk, at + 12)];
    return this.oddity.lengthsMayBeSwapped && first > second ? [second, first] : [first, second];
  }

  private emit(chunk: Buffer, at: number, capturedLength: number, length: number): void {
    const [seconds, fraction] = [this.uint32(chunk, at), this.uint32(chunk, at + 4)];
    const originalLength = Math.max(length, capturedLength);
    this.packets += 1;
    this.onRecord({
      number: this.packets,
      timeSeconds: seconds + fraction / 1e6,
      capturedLength,
      originalLength,
      bytes: chunk,
      start: at + recordHeaderLength + this.oddity.extra,
      capturedOn: undefined,
      header: { timestampSeconds: seconds, timestampMicroseconds: fraction, capturedLength, originalLength },
    });
  }

  private uint32(chunk: Buffer, at: number): number {
    return this.format.littleEndian ? chunk.readUInt32LE(at) : chunk.readUInt32BE(at);
  }
}
