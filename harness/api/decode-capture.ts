import { formOf, innerIp, outerIp, type PacketForm } from "../packet/form.ts";
import type { IpLayer } from "../packet/layer.ts";
import type { Packet } from "../packet/packet.ts";
import { readCapture, type ReadCaptureOptions } from "../packet/read-capture.ts";

/** A packet with what one asks of it first. */
interface DecodedPacket {
  readonly packet: Packet;
  /** The outermost encapsulation. */
  readonly form: PacketForm;
  /** The first IP header; missing in packets that are not IP. */
  readonly outer?: IpLayer;
  /** The IP header of the traffic itself: the same as the outer one on plain packets. */
  readonly inner?: IpLayer;
}

/** A capture with every packet of it decoded. */
export interface DecodedCapture {
  readonly packets: readonly DecodedPacket[];
  /** False when the last record is cut: the capture was still being written, or its disk was full. */
  readonly complete: boolean;
  /** As the file says, see https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
}

/** Decodes a capture into memory, some 1 KiB per packet; `explainCapture` takes captures of any size. */
export async function decodeCapture(path: string, options: ReadCaptureOptions = {}): Promise<DecodedCapture> {
  const packets: DecodedPacket[] = [];
  const { complete, linkType } = await readCapture(path, options, (packet) => {
    packets.push(decoded(packet));
  });
  return { packets, complete, linkType };
}

function decoded(packet: Packet): DecodedPacket {
  const outer = outerIp(packet);
  const inner = innerIp(packet);
  return {
    packet,
    form: formOf(packet),
    ...(outer === undefined ? {} : { outer }),
    ...(inner === undefined ? {} : { inner }),
  };
}
