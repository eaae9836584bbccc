import { shellQuote } from "../../exec/quote.ts";
import { CaptureError } from "../capture-error.ts";

/*
 * Classic pcap file (https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/), in the byte order of its writer
 *
 *  file header (24)                       record header (16), then the captured bytes
 *   0  magic                               0  seconds since the epoch
 *   4  major version  6  minor version     4  microseconds, or nanoseconds by the magic
 *   8  reserved      12  reserved          8  captured length
 *  16  snapshot length                    12  original length
 *  20  link type (lower 16 bits)
 */
export const fileHeaderLength = 24;
export const recordHeaderLength = 16;

/** Longest record that libpcap believes in (MAXIMUM_SNAPLEN in pcap-int.h); more is a corrupt length. */
export const maximumRecord = 262_144;

/** How the numbers of one capture file are written. */
export interface PcapFormat {
  readonly littleEndian: boolean;
  readonly nanosecond: boolean;
  readonly snaplen: number;
  readonly linkType: number;
  /** Of those that no writer of today makes; missing in all others. */
  readonly oddity?: Oddity;
}

/** How the records of an old or patched libpcap differ. */
export interface Oddity {
  /** Bytes between a record's header and its packet. */
  readonly extra: number;
  /** Before version 2.4 the two lengths of a record came in either order. */
  readonly lengthsMayBeSwapped: boolean;
}

const magics = {
  microsecond: 0xa1b2c3d4,
  nanosecond: 0xa1b23c4d,
  /** Alexey Kuznetsov's patch of libpcap, which old Linux distributions had: longer record headers. */
  patched: 0xa1b2cd34,
} as const;

/** Interface (4), protocol (2), direction (1) and a byte of padding behind each record header. */
const patchedExtra = 8;

/** Beginnings of files that are often taken for a capture, with the way out of each. */
const strangers: readonly { readonly magic: number; readonly name: string; readonly fix: string }[] = [
  { magic: 0x1f8b0800, name: "packed with gzip more than once", fix: "Unpack it first: gzip -dc FILE > out.pcap.gz" },
  { magic: 0x28b52ffd, name: "packed with zstd", fix: "Unpack it first: zstd -dc FILE > out.pcap" },
  { magic: 0xfd377a58, name: "packed with xz", fix: "Unpack it first: xz -dc FILE > out.pcap" },
  { magic: 0x04224d18, name: "packed with lz4", fix: "Unpack it first: lz4 -dc FILE > out.pcap" },
  { magic: 0x425a6839, name: "packed with bzip2", fix: "Unpack it first: bzip2 -dc FILE > out.pcap" },
  { magic: 0x504b0304, name: "a zip archive", fix: "Unpack it first: unzip FILE" },
  { magic: 0x736e6f6f, name: "a capture of snoop", fix: "Convert it: editcap in out.pcapng" },
  { magic: 0x474d4255, name: "a capture of Network Monitor", fix: "Convert it: editcap in out.pcapng" },
  { magic: 0x52545353, name: "a capture of Network Monitor", fix: "Convert it: editcap in out.pcapng" },
];

/** Whether a file begins as pcapng does: with a section's header, whose type reads the same in either byte order. */
export function isPcapng(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x0a0d0d0a;
}

/** Judges the first 24 bytes of a file before anything else reads it; throws CaptureError with the way out. */
export function readFormat(header: Buffer, file: string): PcapFormat {
  const big = header.length < 4 ? 0 : header.readUInt32BE(0);
  const little = header.length < 4 ? 0 : header.readUInt32LE(0);
  refuseStrangers(header, big, file);
  const known: readonly number[] = Object.values(magics);
  const littleEndian = known.includes(little);
  const magic = littleEndian ? little : big;
  if (header.length >= 4 && !known.includes(magic)) {
    refuseText(header, file);
    throw new CaptureError(`neither pcap nor pcapng: it begins with ${header.toString("hex", 0, 4)}`, file, {
      fix: "Give a file that tcpdump -w wrote; what else Wireshark opens, editcap IN OUT.pcapng converts.",
    });
  }
  if (header.length < fileHeaderLength) {
    throw new CaptureError(
      `the capture ends after ${header.length} bytes, before its ${fileHeaderLength}-byte header does`,
      file,
      { fix: "Record it again; tcpdump -U writes each packet out at once." },
    );
  }
  const uint16 = (at: number) => (littleEndian ? header.readUInt16LE(at) : header.readUInt16BE(at));
  const uint32 = (at: number) => (littleEndian ? header.readUInt32LE(at) : header.readUInt32BE(at));
  if (uint16(4) !== 2 || uint16(6) > 4) {
    throw new CaptureError(`pcap version ${uint16(4)}.${uint16(6)}; only 2.4 is in use`, file, {
      fix: "Convert it: tcpdump -r in.pcap -w out.pcap",
    });
  }
  const oddity = oddityOf(magic, uint16(6));
  return {
    littleEndian,
    nanosecond: magic === magics.nanosecond,
    snaplen: uint32(16),
    linkType: uint32(20) & 0xffff,
    ...(oddity === undefined ? {} : { oddity }),
  };
}

function oddityOf(magic: number, minor: number): Oddity | undefined {
  if (magic !== magics.patched && minor === 4) return undefined;
  return { extra: magic === magics.patched ? patchedExtra : 0, lengthsMayBeSwapped: minor < 4 };
}

/** Overwrites a nanosecond magic by the microsecond one, the only one that pcap-parser knows. */
export function patchMagic(header: Buffer, format: PcapFormat): void {
  if (format.littleEndian) header.writeUInt32LE(magics.microsecond, 0);
  else header.writeUInt32BE(magics.microsecond, 0);
}

/** Writes a file header. */
export function fileHeader(format: PcapFormat): Buffer {
  const header = Buffer.alloc(fileHeaderLength);
  const magic = format.nanosecond ? magics.nanosecond : magics.microsecond;
  const put16 = (value: number, at: number) =>
    format.littleEndian ? header.writeUInt16LE(value, at) : header.writeUInt16BE(value, at);
  const put32 = (value: number, at: number) =>
    format.littleEndian ? header.writeUInt32LE(value, at) : header.writeUInt32BE(value, at);
  put32(magic, 0);
  put16(2, 4);
  put16(4, 6);
  put32(format.snaplen, 16);
  put32(format.linkType, 20);
  return header;
}

/** The four numbers of a record header. `fraction` counts microseconds, or nanoseconds where the format says so. */
export interface RecordHeader {
  readonly seconds: number;
  readonly fraction: number;
  readonly capturedLength: number;
  readonly originalLength: number;
}

/** Writes a record header. */
export function recordHeader(record: RecordHeader, format: PcapFormat): Buffer {
  const header = Buffer.alloc(recordHeaderLength);
  [record.seconds, record.fraction, record.capturedLength, record.originalLength].forEach((value, index) => {
    if (format.littleEndian) header.writeUInt32LE(value, index * 4);
    else header.writeUInt32BE(value, index * 4);
  });
  return header;
}

/** Bytes of a file's beginning that are looked at, to tell text from all else. */
const textHead = 512;

/** What tcpdump and tshark print is often taken for what they write. */
function refuseText(head: Buffer, file: string): void {
  const beginning = head.subarray(0, textHead);
  const isText = beginning.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  if (!isText) return;
  throw new CaptureError(
    "this is a text file: what a program printed about packets, not the packets themselves",
    file,
    {
      fix: "Record the packets: tcpdump -w out.pcap; of a hex dump, text2pcap IN out.pcap makes a capture.",
    },
  );
}

function refuseStrangers(header: Buffer, magic: number, file: string): void {
  if (header.length === 0) {
    throw new CaptureError("the file is empty: no capture was ever started in it", file, {
      fix: "Record it again; an interrupted tcpdump still writes 24 bytes.",
    });
  }
  // gzip: only the first three bytes (magic and method) are fixed.
  const stranger = strangers.find((known) =>
    known.magic === 0x1f8b0800 ? magic >>> 8 === known.magic >>> 8 : magic === known.magic,
  );
  if (stranger !== undefined)
    throw new CaptureError(`the file is ${stranger.name}, not a pcap or pcapng`, file, {
      fix: stranger.fix.replace("FILE", shellQuote([file])),
    });
}
