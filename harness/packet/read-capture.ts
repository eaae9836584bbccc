import { CaptureError } from "./capture-error.ts";
import { decode } from "./decode.ts";
import { LinkType, protocolOfLinkType } from "./link/link-type.ts";
import type { Packet } from "./packet.ts";
import type { Protocol } from "./cursor.ts";
import { readRecords, type ReadRecordsOptions, type RecordsSummary } from "./file/read-records.ts";

/** IANA's port for VXLAN, and Calico's default (FelixConfiguration.spec.vxlanPort). */
export const defaultVxlanPorts: readonly number[] = [4789];

export interface ReadCaptureOptions extends ReadRecordsOptions {
  /** UDP destination ports that carry VXLAN; [4789] where missing. */
  readonly vxlanPorts?: readonly number[];
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
  let first: Protocol = "payload";
  return readRecords(
    path,
    options,
    (record) => {
      onPacket(decode(record, first, vxlanPorts));
    },
    ({ linkType }) => {
      first = firstProtocol(path, linkType);
    },
  );
}

/** Names the decoder for a file's link type; throws CaptureError where there is none. */
export function firstProtocol(path: string, linkType: number): Protocol {
  const first = protocolOfLinkType(linkType);
  if (first !== undefined) return first;
  throw new CaptureError(`link type ${linkType} is not decoded`, path, {
    fix: `Capture on an Ethernet or IP interface, or on all with -i any (link types ${Object.values(LinkType).join(", ")}).`,
  });
}
