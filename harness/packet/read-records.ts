import { open, type FileHandle } from "node:fs/promises";
import pcapParser, { type PacketHeader, type Parser, type Source } from "pcap-parser";
import { messageOf } from "../core/errors.ts";
import { CaptureError } from "./capture-error.ts";
import type { PcapRecord } from "./packet.ts";
import { fileHeaderLength, maximumRecord, patchMagic, readFormat, recordHeaderLength } from "./pcap-format.ts";
import type { PcapFormat, RecordHeader } from "./pcap-format.ts";

/** Bytes read at once. Records are views of their chunk. */
const chunkSize = 4 * 1024 * 1024;

/** A record as the file has it: what decoders need, and the header to copy it byte for byte. */
export interface RawRecord extends PcapRecord {
  readonly header: RecordHeader;
}

/** What reading a capture to its end showed of the file itself. */
export interface RecordsSummary extends PcapFormat {
  readonly packets: number;
  /** Bytes read from the file. */
  readonly bytes: number;
  /** False where the last record is cut; only where the options allow that. */
  readonly complete: boolean;
}

export interface ReadRecordsOptions {
  /** Report a cut last record as `complete: false` instead of throwing: for a capture that still grows. */
  readonly growing?: boolean;
}

/**
 * Reads a classic pcap with pcap-parser, record by record in the order of the file, in flat memory. Believes nothing
 * that pcap-parser does not check: magic, version, lengths and completeness. Throws CaptureError; what `onRecord`
 * throws comes through as it is. `onFormat` is called once, before the first record.
 */
export async function readRecords(
  path: string,
  options: ReadRecordsOptions,
  onRecord: (record: RawRecord) => void,
  onFormat: (format: PcapFormat) => void = () => undefined,
): Promise<RecordsSummary> {
  const file = await openCapture(path);
  try {
    const header = Buffer.alloc(fileHeaderLength);
    const format = readFormat(header.subarray(0, await fill(file, header, 0, path)), path);
    onFormat(format);
    patchMagic(header, format);
    const reading = new Reading(path, format, onRecord);
    reading.feed(header);
    const bytes = await feedChunks(file, reading, path);
    const complete = reading.consumed === bytes;
    if (!complete && options.growing !== true) throw cutError(path, reading, bytes);
    return { ...format, packets: reading.packets, bytes, complete };
  } finally {
    await file.close();
  }
}

/** pcap-parser at work on one file, fed with chunks instead of a stream. */
class Reading {
  packets = 0;
  /** Bytes of the header and of all whole records so far. */
  consumed = fileHeaderLength;
  private readonly path: string;
  private readonly parser: Parser;
  private readonly listeners = new Map<string, (chunk: Buffer) => void>();

  constructor(path: string, format: PcapFormat, onRecord: (record: RawRecord) => void) {
    this.path = path;
    const perSecond = format.nanosecond ? 1e9 : 1e6;
    // Not a real stream: errors thrown by listeners must end the read, and only the reader knows when to go on.
    const source: Source = {
      on: (event: string, listener: (chunk: Buffer) => void) => this.listeners.set(event, listener),
      pause: () => undefined,
      resume: () => undefined,
    };
    this.parser = pcapParser.parse(source);
    this.parser.on("error", (error) => {
      throw new CaptureError(`unreadable: ${error.message}`, path);
    });
    this.parser.on("packetHeader", (header) => {
      this.check(header);
    });
    this.parser.on("packet", ({ header, data }) => {
      this.packets += 1;
      this.consumed += recordHeaderLength + header.capturedLength;
      onRecord(toRecord(this.packets, header, data, perSecond));
    });
  }

  feed(chunk: Buffer): void {
    this.listeners.get("data")?.(chunk);
  }

  /**
   * Takes back what the parser could not use yet, so that the reader can put it before the next chunk. Otherwise the
   * parser itself copies every chunk into a new buffer, which costs more than all of its parsing.
   */
  takeRest(): Buffer {
    const rest = this.parser.buffer ?? Buffer.alloc(0);
    this.parser.buffer = null;
    return rest;
  }

  /** A wrong length would make the parser collect the whole rest of the file and then tell nobody. */
  private check(header: PacketHeader): void {
    const { capturedLength, originalLength } = header;
    if (capturedLength <= maximumRecord && capturedLength <= originalLength) return;
    throw new CaptureError(
      `corrupt at byte ${this.consumed}: packet ${this.packets + 1} claims ${capturedLength} captured of ` +
        `${originalLength} bytes on the wire`,
      this.path,
      { fix: `Keep what comes before it: tcpdump -r in.pcap -c ${this.packets} -w out.pcap` },
    );
  }
}

function toRecord(number: number, header: PacketHeader, bytes: Buffer, perSecond: number): RawRecord {
  const { timestampSeconds: seconds, timestampMicroseconds: fraction, capturedLength, originalLength } = header;
  return {
    number,
    timeSeconds: seconds + fraction / perSecond,
    capturedLength,
    originalLength,
    bytes,
    header: { seconds, fraction, capturedLength, originalLength },
  };
}

/** Feeds the file to its end; returns the bytes read, file header included. */
async function feedChunks(file: FileHandle, reading: Reading, path: string): Promise<number> {
  let bytes = fileHeaderLength;
  for (;;) {
    const rest = reading.takeRest();
    // A new buffer per chunk: records that somebody keeps stay what they are.
    const chunk = Buffer.allocUnsafeSlow(chunkSize);
    rest.copy(chunk);
    const length = await fill(file, chunk, rest.length, path);
    if (length === 0) return bytes;
    bytes += length;
    reading.feed(chunk.subarray(0, rest.length + length));
  }
}

/** Reads until the buffer is full or the file ends (pipes give less at a time); returns the bytes read. */
async function fill(file: FileHandle, buffer: Buffer, from: number, path: string): Promise<number> {
  let at = from;
  while (at < buffer.length) {
    const { bytesRead } = await file.read(buffer, at, buffer.length - at, null).catch((error: unknown) => {
      throw new CaptureError(`cannot be read: ${messageOf(error)}`, path, { cause: error });
    });
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at - from;
}

async function openCapture(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw new CaptureError(`cannot be opened: ${messageOf(error)}`, path, { fix: "Give the path of a capture file." });
  }
}

function cutError(path: string, reading: Reading, bytes: number): CaptureError {
  const stray = bytes - reading.consumed;
  return new CaptureError(`cut: ${stray} stray bytes of a record follow after packet ${reading.packets}`, path, {
    fix: `Keep the whole packets: tcpdump -r in.pcap -c ${reading.packets} -w out.pcap`,
  });
}
