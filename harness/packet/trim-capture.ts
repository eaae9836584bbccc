import { writeFileAtomic } from "../core/atomic-file.ts";
import type { Protocol } from "./cursor.ts";
import { decode } from "./decode.ts";
import { fileHeader, recordHeader, type PcapFormat } from "./file/pcap-format.ts";
import type { RawRecord } from "./file/read-pcap.ts";
import { readPcapRecords, type ReadRecordsOptions } from "./file/read-records.ts";
import type { Packet } from "./packet.ts";
import { defaultVxlanPorts, firstProtocol, type ReadCaptureOptions } from "./read-capture.ts";

/** What a trimmed capture holds of its source. */
export interface Trimmed {
  /** Packets in the source. */
  readonly packets: number;
  /** Packets for which `keep` said yes. */
  readonly matched: number;
  /** Packets written: the first `limit` of them. */
  readonly written: number;
}

/**
 * Copies the packets that matter into a small capture of their own, each record byte for byte as it was recorded
 * (lengths, time and all). `keep` is asked about every packet; the first `limit` of them are written.
 */
export function trimCapture(
  source: string,
  target: string,
  keep: (packet: Packet) => boolean,
  limit: number,
  options: ReadCaptureOptions = {},
): Promise<Trimmed> {
  const { vxlanPorts = defaultVxlanPorts, plainPorts } = options;
  const isKept = (record: RawRecord, first: Protocol): boolean => keep(decode(record, first, vxlanPorts, plainPorts));
  return copyRecords(source, target, isKept, limit, options);
}

/** The same for packets that are known by their number, which need not be decoded; the source may still grow. */
export function copyPackets(
  source: string,
  target: string,
  keep: (number: number) => boolean,
  limit: number,
): Promise<Trimmed> {
  return copyRecords(source, target, ({ number }) => keep(number), limit, { growing: true });
}

async function copyRecords(
  source: string,
  target: string,
  keep: (record: RawRecord, first: Protocol) => boolean,
  limit: number,
  options: ReadRecordsOptions,
): Promise<Trimmed> {
  const parts: Uint8Array[] = [];
  let format: PcapFormat | undefined;
  let first: Protocol = "payload";
  let matched = 0;
  const { packets } = await readPcapRecords(
    source,
    { ...options, reuse: true },
    (record) => {
      if (format === undefined || !keep(record, first)) return;
      matched += 1;
      if (matched <= limit) parts.push(headerOf(record, format), bytesOf(record));
    },
    (read) => {
      format = read;
      first = firstProtocol(source, read.linkType);
      parts.push(fileHeader(read));
    },
  );
  await writeFileAtomic(target, Buffer.concat(parts));
  return { packets, matched, written: Math.min(matched, limit) };
}

function headerOf({ header, capturedLength }: RawRecord, format: PcapFormat): Buffer {
  const { timestampSeconds: seconds, timestampMicroseconds: fraction, originalLength } = header;
  return recordHeader({ seconds, fraction, capturedLength, originalLength }, format);
}

/** A copy: the record is a view of memory that the next chunk is read into. */
function bytesOf({ bytes, start = 0, capturedLength }: RawRecord): Uint8Array {
  return Uint8Array.from(bytes.subarray(start, start + capturedLength));
}
