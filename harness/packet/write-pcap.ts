import { writeFileAtomic } from "../core/atomic-file.ts";
import { LinkType } from "./link/link-type.ts";
import { fileHeader, maximumRecord, recordHeader, type PcapFormat } from "./file/pcap-format.ts";

/** One packet to write. */
export interface PacketToWrite {
  readonly bytes: Uint8Array;
  /** Seconds since the epoch; 0 where missing. */
  readonly timeSeconds?: number;
  /** Bytes on the wire where the capture is to look cut by a snapshot length. */
  readonly originalLength?: number;
}

/** Writes a classic pcap, whole or not at all. Without a format: little endian, microseconds, Ethernet. */
export async function writePcap(
  path: string,
  packets: Iterable<PacketToWrite>,
  format: Partial<PcapFormat> = {},
): Promise<void> {
  await writeFileAtomic(path, pcapBytes(packets, format));
}

/** The bytes of a classic pcap. */
export function pcapBytes(packets: Iterable<PacketToWrite>, format: Partial<PcapFormat> = {}): Buffer {
  const full: PcapFormat = {
    littleEndian: true,
    nanosecond: false,
    snaplen: maximumRecord,
    linkType: LinkType.ethernet,
    ...format,
  };
  const parts: Uint8Array[] = [fileHeader(full)];
  for (const packet of packets) parts.push(headerOf(packet, full), packet.bytes);
  return Buffer.concat(parts);
}

function headerOf(packet: PacketToWrite, format: PcapFormat): Buffer {
  const time = packet.timeSeconds ?? 0;
  const perSecond = format.nanosecond ? 1e9 : 1e6;
  const seconds = Math.floor(time);
  const capturedLength = packet.bytes.length;
  // Rounding up must not write a whole second into the fraction.
  const fraction = Math.min(perSecond - 1, Math.round((time - seconds) * perSecond));
  return recordHeader(
    { seconds, fraction, capturedLength, originalLength: packet.originalLength ?? capturedLength },
    format,
  );
}
