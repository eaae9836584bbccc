import pcapParser, { type PacketHeader, type Parser, type Source } from "pcap-parser";
import { CaptureError } from "../capture-error.ts";
import type { PcapRecord } from "../packet.ts";
import { ByteWindow } from "./byte-window.ts";
import { corruptLength, cutRecord, type DamageError } from "./damage-error.ts";
import { fileHeaderLength, maximumRecord, patchMagic, recordHeaderLength, type PcapFormat } from "./pcap-format.ts";

/** A record as a classic pcap has it: what decoders need, and the header to copy it byte for byte. */
export interface RawRecord extends PcapRecord {
  /** Its fraction of a second counts nanoseconds where the format says so. */
  readonly header: PacketHeader;
}

/**
 * pcap-parser at work on one classic pcap, fed with chunks instead of a stream. Believes nothing that pcap-parser does not check.
 */
export class PcapReading {
  packets = 0;
  private readonly path: string;
  private readonly format: PcapFormat;
  private readonly parser: Parser<ByteWindow>;
  private readonly listeners = new Map<string, (chunk: ByteWindow) => void>();
  /** Bytes of the header and of all whole records so far. */
  private consumed = 0;

  constructor(path: string, format: PcapFormat, onRecord: (record: RawRecord) => void) {
    this.path = path;
    this.format = format;
    const perSecond = format.nanosecond ? 1e9 : 1e6;
    // Not a real stream: errors thrown by listeners must end the read, and only the reader knows when to go on.
    const source: Source<ByteWindow> = {
      on: (event: string, listener: (chunk: ByteWindow) => void) => this.listeners.set(event, listener),
      pause: () => undefined,
      resume: () => undefined,
    };
    this.parser = pcapParser.parse(source);
    this.parser.on("error", (error) => {
      throw new CaptureError(`unreadable: ${error.message}`, path);
    });
    // It puts the name of a method together for every number, which costs more than reading it: an empty end spares that.
    this.parser.on("globalHeader", () => {
      this.parser.endianness = "";
    });
    this.parser.on("packetHeader", (header) => {
      this.check(header);
    });
    this.parser.on("packet", ({ header, data }) => {
      this.packets += 1;
      this.consumed += recordHeaderLength + header.capturedLength;
      onRecord({
        number: this.packets,
        timeSeconds: header.timestampSeconds + header.timestampMicroseconds / perSecond,
        capturedLength: header.capturedLength,
        // Some writers leave the length on the wire 0, or that of the payload: more was there than it says.
        originalLength: Math.max(header.originalLength, header.capturedLength),
        bytes: data.chunk,
        start: data.start,
        capturedOn: undefined,
        header,
      });
    });
  }

  /** Reads the whole records of a chunk; the first chunk begins with the file's header. */
  consume(chunk: Buffer, from: number, to: number): number {
    if (this.consumed === 0) {
      patchMagic(chunk, this.format);
      this.consumed = fileHeaderLength;
    }
    this.listeners.get("data")?.(new ByteWindow(chunk, from, to, !this.format.littleEndian));
    // Taken back, or the parser itself would copy every chunk into a new buffer.
    const rest = this.parser.buffer;
    this.parser.buffer = null;
    return rest === null ? to : rest.start;
  }

  /** The error for a file that ends within a record. */
  cut(left: number): DamageError {
    return cutRecord(this.path, left, this.packets);
  }

  /** A wrong length would make the parser collect the whole rest of the file and then tell nobody. */
  private check({ capturedLength, originalLength }: PacketHeader): void {
    if (capturedLength <= maximumRecord) return;
    throw corruptLength(this.path, this.consumed, this.packets, capturedLength, originalLength);
  }
}
