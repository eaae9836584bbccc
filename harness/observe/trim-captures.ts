import { join } from "node:path";
import type { CaptureFile, CaptureTarget } from "../capture/capture.ts";
import type { Packet } from "../packet/packet.ts";
import { trimCapture } from "../packet/trim-capture.ts";
import { plainPortsOf } from "./plain-ports.ts";
import type { Probe } from "../probe/probe.ts";
import type { Recognizer } from "./recognizer.ts";
import type { Unwrap } from "./unwrap-wireguard.ts";

export interface TrimOptions {
  /** Folder for the small files, `<node>.pcap` each; made where missing. */
  readonly folder: string;
  /** Packets kept of a probe at each tap in each direction; default 20. */
  readonly perFlow?: (probe: Probe) => number;
  readonly vxlanPorts?: readonly number[];
  /** Of the same probes, with every packet identified already: what a flow belongs to may show on another node, or after its first packets. */
  readonly recognizer: Recognizer;
  /** Gives messages of WireGuard what they carry; missing where nobody encrypts. */
  readonly unwrap?: Unwrap;
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
  targets: readonly CaptureTarget[],
  options: TrimOptions,
): Promise<readonly TrimmedCapture[]> {
  const { vxlanPorts, recognizer, unwrap = (packet: Packet) => packet } = options;
  const read = {
    reuse: true,
    growing: true,
    plainPorts: plainPortsOf(probes),
    ...(vxlanPorts === undefined ? {} : { vxlanPorts }),
  };
  const limits = probes.map((probe) => options.perFlow?.(probe) ?? 20);
  const trimmed: TrimmedCapture[] = [];
  for (const { node, file: source, interfaces } of captures) {
    const devices = targets.find((target) => target.node === node)?.devices ?? [];
    const taps = new Set([...interfaces].filter(([, device]) => devices.includes(device)).map(([index]) => index));
    const file = join(options.folder, `${node}.pcap`);
    const keep = keeper(recognizer, taps, limits, unwrap);
    const { written } = await trimCapture(source, file, keep, mostPackets, read);
    trimmed.push({ node, file, packets: written });
  }
  return trimmed;
}

/** Says yes to the first packets of each probe per tap and direction. */
function keeper(
  recognizer: Recognizer,
  taps: ReadonlySet<number>,
  limits: readonly number[],
  unwrap: Unwrap,
): (packet: Packet) => boolean {
  const kept = new Map<string, number>();
  return (packet) => {
    const tap = packet.interfaceIndex;
    if (tap === undefined || !taps.has(tap)) return false;
    const flow = flowOf(recognizer, unwrap(packet));
    if (flow === undefined) return false;
    const key = `${tap} ${flow.probe} ${flow.way}`;
    const count = (kept.get(key) ?? 0) + 1;
    kept.set(key, count);
    return count <= (limits[flow.probe] ?? 0);
  };
}

function flowOf(
  recognizer: Recognizer,
  packet: Packet,
): { readonly probe: number; readonly way: "forward" | "reverse" | "error" } | undefined {
  const identified = recognizer.identify(packet);
  if (identified !== undefined) {
    const resolved = recognizer.resolve(identified.subject);
    return resolved && { probe: resolved.probe, way: identified.side === resolved.source ? "forward" : "reverse" };
  }
  const quotation = recognizer.quotation(packet);
  const about = quotation === undefined ? undefined : recognizer.resolveQuotation(quotation);
  return about === undefined ? undefined : { probe: about, way: "error" };
}
