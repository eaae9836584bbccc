import { CaptureError } from "./capture-error.ts";
import type { Protocol } from "./cursor.ts";
import { decode } from "./decode.ts";
import { readRecords, type ReadRecordsOptions, type RecordsSummary } from "./file/read-records.ts";
import type { Layer } from "./layer.ts";
import { foreignLink, protocolOfLinkType } from "./link/link-type.ts";
import { Packet, type PcapRecord } from "./packet.ts";
import { vxlanPort } from "./tunnel/vxlan.ts";

/** UDP destination ports that carry VXLAN unless others are given. */
export const defaultVxlanPorts: readonly number[] = [vxlanPort];

export interface ReadCaptureOptions extends ReadRecordsOptions {
  /** UDP destination ports that carry VXLAN; `defaultVxlanPorts` where missing. */
  readonly vxlanPorts?: readonly number[];
  /** Ports of servers whose UDP is no tunnel's, although a masquerade may give their clients a tunnel's port. */
  readonly plainPorts?: readonly number[];
}

/**
 * Reads and decodes a capture, packet by packet in the order of the file, in flat memory. Throws CaptureError for
 * files that cannot be believed; packets that make no sense are values, not errors.
 */
export async function readCapture(
  path: string,
  options: ReadCaptureOptions,
  onPacket: (packet: Packet) => void,
): Promise<RecordsSummary> {
  const vxlanPorts = options.vxlanPorts ?? defaultVxlanPorts;
  let firstLink: number | undefined;
  let first: Protocol | undefined;
  let decoded = 0;
  const summary = await readRecords(
    path,
    options,
    (record) => {
      const { capturedOn } = record;
      const protocol =
        capturedOn === undefined
          ? (first ??= firstProtocol(path, firstLink ?? 0))
          : protocolOfLinkType(capturedOn.linkType);
      if (protocol === undefined) {
        onPacket(notDecoded(record));
        return;
      }
      decoded += 1;
      onPacket(decode(record, protocol, vxlanPorts, options.plainPorts));
    },
    (linkType) => {
      firstLink ??= linkType;
    },
  );
  // One interface of pcapng that can be read is enough.
  if (decoded === 0 && firstLink !== undefined && (summary.packets > 0 || summary.interfaces === undefined))
    firstProtocol(path, firstLink);
  return summary;
}

/** Names the decoder for a file's link type; throws CaptureError where there is none. */
export function firstProtocol(path: string, linkType: number): Protocol {
  const first = protocolOfLinkType(linkType);
  if (first !== undefined) return first;
  const { name, fix } = foreignLink(linkType);
  throw new CaptureError(`link type ${linkType} is not decoded: ${name}`, path, { fix });
}

/** A packet of an interface beside others that can be read: counted by its link type's name. */
function notDecoded(record: PcapRecord): Packet {
  const linkType = record.capturedOn?.linkType ?? 0;
  const layers: Layer[] = [{ kind: "opaque", name: `link type ${linkType}: ${foreignLink(linkType).name}` }];
  const start = record.start ?? 0;
  return new Packet(record, layers, [], start, start + record.capturedLength);
}
