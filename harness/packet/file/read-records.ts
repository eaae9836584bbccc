import type { CaptureError } from "../capture-error.ts";
import type { CaptureInterface, PcapRecord } from "../packet.ts";
import { DamageError } from "./damage-error.ts";
import { isPcapng, readFormat, type PcapFormat } from "./pcap-format.ts";
import { readChunks, stop, type ChunkOptions } from "./read-chunks.ts";
import { OddPcapReading } from "./read-odd-pcap.ts";
import { PcapReading, type RawRecord } from "./read-pcap.ts";
import { PcapngReading } from "./read-pcapng.ts";

/** What reading a capture to its end showed of the file itself; of pcapng, its first interface speaks for it. */
export interface RecordsSummary extends PcapFormat {
  readonly packets: number;
  /** Bytes read from the file. */
  readonly bytes: number;
  /** False where the last record is cut, or what follows is damaged; only where the options allow that. */
  readonly complete: boolean;
  /** What could not be read behind the packets that could. */
  readonly damage?: CaptureError;
  /** Of pcapng alone. */
  readonly interfaces?: readonly CaptureInterface[];
}

export interface ReadRecordsOptions extends ChunkOptions {
  /** Report a cut last record as `complete: false` instead of throwing: for a capture that still grows. */
  readonly growing?: boolean;
  /** Report damage behind whole packets as `damage` instead of throwing: for a file that somebody sent. */
  readonly salvage?: boolean;
}

/**
 * Reads a capture, classic or pcapng, record by record in the order of the file, in flat memory. Throws CaptureError; what
 * `onRecord` throws comes through as it is. `onLink` is told every link type before its first record.
 */
export async function readRecords(
  path: string,
  options: ReadRecordsOptions,
  onRecord: (record: PcapRecord) => void,
  onLink: (linkType: number) => void = () => undefined,
): Promise<RecordsSummary> {
  let pcapng: PcapngReading | undefined;
  let classic: Classic | undefined;
  const read = await salvaged(
    path,
    options,
    () => pcapng ?? classic?.reading,
    (chunk, from, to) => {
      if (pcapng === undefined && classic === undefined) {
        if (isPcapng(chunk.subarray(from, to)))
          pcapng = new PcapngReading(path, onRecord, (on) => {
            onLink(on.linkType);
          });
        else
          classic = beginClassic(path, chunk.subarray(from, to), onRecord, ({ linkType }) => {
            onLink(linkType);
          });
      }
      return pcapng?.consume(chunk, from, to) ?? classic?.reading.consume(chunk, from, to) ?? to;
    },
  );
  if (pcapng !== undefined) return { ...formatOf(pcapng), ...read, interfaces: pcapng.interfaces };
  return { ...(classic ?? beginClassic(path, Buffer.alloc(0), onRecord)).format, ...read };
}

/**
 * Reads a classic pcap, for those who copy its records byte for byte; `onFormat` is called once, before the first record.
 */
export async function readPcapRecords(
  path: string,
  options: ReadRecordsOptions,
  onRecord: (record: RawRecord) => void,
  onFormat: (format: PcapFormat) => void,
): Promise<RecordsSummary> {
  let classic: Classic | undefined;
  const read = await salvaged(
    path,
    options,
    () => classic?.reading,
    (chunk, from, to) => {
      classic ??= beginClassic(path, chunk.subarray(from, to), onRecord, onFormat);
      return classic.reading.consume(chunk, from, to);
    },
  );
  return { ...(classic ?? beginClassic(path, Buffer.alloc(0), onRecord)).format, ...read };
}

interface Classic {
  readonly format: PcapFormat;
  readonly reading: PcapReading | OddPcapReading;
}

/** Judges a classic pcap's first bytes before any record is read. */
function beginClassic(
  path: string,
  head: Buffer,
  onRecord: (record: RawRecord) => void,
  onFormat: (format: PcapFormat) => void = () => undefined,
): Classic {
  const format = readFormat(head, path);
  onFormat(format);
  const { oddity } = format;
  const reading =
    oddity === undefined ? new PcapReading(path, format, onRecord) : new OddPcapReading(path, format, oddity, onRecord);
  return { format, reading };
}

/** A file's reader, as far as its end is concerned. */
interface Reading {
  readonly packets: number;
  cut(left: number): DamageError;
}

/** Reads to the end, or to the damage where the options allow that. */
async function salvaged(
  path: string,
  options: ReadRecordsOptions,
  reading: () => Reading | undefined,
  consume: (chunk: Buffer, from: number, to: number) => number,
): Promise<Pick<RecordsSummary, "packets" | "bytes" | "complete" | "damage">> {
  let damage: DamageError | undefined;
  const { bytes, left, missing } = await readChunks(path, options, (chunk, from, to) => {
    try {
      return consume(chunk, from, to);
    } catch (error) {
      const isLate = (reading()?.packets ?? 0) > 0;
      if (!(error instanceof DamageError) || options.salvage !== true || !isLate) throw error;
      damage = error;
      return stop;
    }
  });
  const packets = reading()?.packets ?? 0;
  const isCut = damage === undefined && left + missing > 0;
  const cut = isCut && options.growing !== true ? reading()?.cut(left) : undefined;
  if (cut !== undefined) throw cut;
  return { packets, bytes, complete: !isCut && damage === undefined, ...(damage === undefined ? {} : { damage }) };
}

function formatOf({ littleEndian, interfaces, nanosecond }: PcapngReading): PcapFormat {
  const [first] = interfaces;
  return { littleEndian, nanosecond, snaplen: first?.snaplen ?? 0, linkType: first?.linkType ?? 0 };
}
