import { join } from "node:path";
import type { CaptureFile } from "../capture/capture.ts";
import { copyPackets } from "../packet/trim-capture.ts";
import type { Probe } from "../probe/probe.ts";
import type { OwnedFlow, PacketOwners } from "./packet-owners.ts";

export interface TrimOptions {
  /** Folder for the small files, `<node>.pcap` each; made where missing. */
  readonly folder: string;
  /** Packets kept of a probe at each tap in each direction; default 20. */
  readonly perFlow?: (probe: Probe) => number;
  /** Of the same probes and captures: whose a packet is may show on another node, or after the first packets of its flow. */
  readonly owners: PacketOwners;
}

/** A small capture of one node. */
export interface TrimmedCapture {
  readonly node: string;
  readonly file: string;
  readonly packets: number;
}

/** Packets that a trimmed capture holds at most, whatever the number of probes. */
const mostPackets = 100_000;

/**
 * Copies the first packets of the given probes, and the ICMP errors about them, into a small capture per node, for people
 * to open. A node that saw nothing of the probes gets a file without packets, which says just that. Throws CaptureError where a capture cannot be read.
 */
export async function trimCaptures(
  probes: readonly Probe[],
  captures: readonly CaptureFile[],
  options: TrimOptions,
): Promise<readonly TrimmedCapture[]> {
  const limits = probes.map((probe) => options.perFlow?.(probe) ?? 20);
  const trimmed: TrimmedCapture[] = [];
  for (const { node, file: source } of captures) {
    const file = join(options.folder, `${node}.pcap`);
    const { written } = await copyPackets(source, file, keeper(options.owners, source, limits), mostPackets);
    trimmed.push({ node, file, packets: written });
  }
  return trimmed;
}

/** Says yes to the first packets of each probe per tap and direction. */
function keeper(owners: PacketOwners, file: string, limits: readonly number[]): (packet: number) => boolean {
  const flowOf = owners.flowsOf(file);
  const kept = new Map<OwnedFlow, number>();
  return (packet) => {
    const flow = flowOf(packet);
    if (flow === undefined) return false;
    const count = (kept.get(flow) ?? 0) + 1;
    kept.set(flow, count);
    return count <= (limits[flow.probe] ?? 0);
  };
}
