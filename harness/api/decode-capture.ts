import type { Packet } from "../packet/packet.ts";
import { readCapture, type ReadCaptureOptions } from "../packet/read-capture.ts";

/** A capture with every packet of it decoded, outer headers first. */
export interface DecodedCapture {
  readonly packets: readonly Packet[];
  /** False when the last record is cut: the capture was still being written, or its disk was full. */
  readonly complete: boolean;
  /** As the file says, see https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
}

/** Decodes a capture into memory, some 1 KiB per packet; `explainCapture` takes captures of any size. */
export async function decodeCapture(path: string, options: ReadCaptureOptions = {}): Promise<DecodedCapture> {
  const packets: Packet[] = [];
  const { complete, linkType } = await readCapture(path, options, (packet) => {
    packets.push(packet);
  });
  return { packets, complete, linkType };
}
