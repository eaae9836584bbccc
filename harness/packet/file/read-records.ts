import { readSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import pcapParser, { type PacketHeader, type Parser, type Source } from "pcap-parser";
import { messageOf } from "../../core/errors.ts";
import { ByteWindow } from "./byte-window.ts";
import { CaptureError } from "../capture-error.ts";
import type { PcapRecord } from "../packet.ts";
import { fileHeaderLength, maximumRecord, patchMagic, readFormat, recordHeaderLength } from "./pcap-format.ts";
import type { PcapFormat } from "./pcap-format.ts";

/** Bytes read at once: small enough to stay in a processor's cache until they are parsed. */
const chunkSize = 512 * 1024;

/** Room before each chunk for the record that the chunk before it left unfinished. */
const headroom = recordHeaderLength + maximumRecord;

/** A record as the file has it: what decoders need, and the header to copy it byte for byte. */
export interface RawRecord extends PcapRecord {
  /** Its fraction of a second counts nanoseconds where the format says so. */
  readonly header: PacketHeader;
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
    const format = readFormat(header.subarray(0, fill(file, header, 0, path)), path);
    onFormat(format);
    patchMagic(header, format);
    const reading = new Reading(path, format, onRecord);
    reading.feed(new ByteWindow(header, 0, header.length));
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
  private readonly parser: Parser<ByteWindow>;
  private readonly listeners = new Map<string, (chunk: ByteWindow) => void>();

  constructor(path: string, format: PcapFormat, onRecord: (record: RawRecord) => void) {
    this.path = path;
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
        originalLength: header.originalLength,
        bytes: data.bytes(),
        header,
      });
    });
  }

  feed(chunk: ByteWindow): void {
    this.listeners.get("data")?.(chunk);
  }

  /**
   * Takes back what the parser could not use yet and puts it before the next chunk; returns how much that is. Otherwise
   * the parser itself would copy every chunk into a new buffer.
   */
  takeRest(chunk: Buffer, before: number): number {
    const rest = this.parser.buffer;
    this.parser.buffer = null;
    return rest === null ? 0 : rest.putBefore(chunk, before);
  }

  /** A wrong length would make the parser collect the whole rest of the file and then tell nobody. */
  private check(header: PacketHeader): void {
    const { capturedLength, originalLength } = header;
    if (capturedLength <= maximumRecord && capturedLength <= originalLength) return;
    throw new CaptureError(
      `corrupt at byte ${this.consumed}: packet ${this.packets + 1} claims ${capturedLength} captured of ` +
        `${originalLength} bytes on the wire`,
      this.path,
      { fix: keepWhole(this.packets) },
    );
  }
}

/** Feeds the file to its end, letting others work between two chunks; returns the bytes read, file header included. */
async function feedChunks(file: FileHandle, reading: Reading, path: string): Promise<number> {
  let bytes = fileHeaderLength;
  for (;;) {
    // A buffer for each chunk, so that records which somebody keeps stay what they are.
    const chunk = Buffer.allocUnsafeSlow(headroom + chunkSize);
    const length = fill(file, chunk, headroom, path);
    if (length === 0) return bytes;
    bytes += length;
    const start = headroom - reading.takeRest(chunk, headroom);
    reading.feed(new ByteWindow(chunk, start, headroom + length));
    await setImmediate();
  }
}

/**
 * Reads until the buffer is full or the file ends (pipes give less at a time); returns the bytes read. Reads on this
 * thread, so that the bytes are in this processor's cache when they are parsed: saves a third of the time.
 */
function fill(file: FileHandle, buffer: Buffer, from: number, path: string): number {
  let at = from;
  try {
    while (at < buffer.length) {
      const bytesRead = readSync(file.fd, buffer, at, buffer.length - at, null);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
  } catch (error) {
    throw new CaptureError(`cannot be read: ${messageOf(error)}`, path, { fix: "Give the path of a capture file." });
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
    fix: keepWhole(reading.packets),
  });
}

function keepWhole(packets: number): string {
  if (packets === 0) return "Record it again: it holds no whole packet.";
  return `Keep the whole packets: tcpdump -r in.pcap -c ${packets} -w out.pcap`;
}
