import { basename } from "node:path";
import { CaptureError } from "../packet/capture-error.ts";
import { innerIp, suspectedVxlanPort } from "../packet/form.ts";
import { packetLines } from "../packet/packet-lines.ts";
import type { Packet } from "../packet/packet.ts";
import { defaultVxlanPorts, readCapture } from "../packet/read-capture.ts";
import { probePorts } from "../probe/probe-command.ts";
import { heartbeatBytes } from "./filter.ts";
import { misaddressed, type LinkLaw } from "./misaddressed.ts";
import { offenceOf, type Law } from "./offence.ts";
import { unaskedAt } from "./unasked-macs.ts";
import type { Station } from "./stations.ts";
import type { Offence, TapReport } from "./tap-report.ts";
import type { Wire } from "./vlan-tag.ts";

/** Kinds of offences told apart at one tap; more would help nobody. */
const mostKinds = 40;

/** What is behind the last kind: counted together. */
const furtherKinds = "packets of further kinds";

/** What packets are judged by, and what the frames around them. */
export interface Laws {
  readonly law: Law;
  readonly links: LinkLaw;
  /** Whose device it is that is listened to; missing where the plan does not know it. */
  readonly station: Station | undefined;
}

/** Reads what a tap's kernel let through, and judges packet by packet. `heard` says whether it must hold a heartbeat. */
export async function readTap(
  tap: Wire,
  file: string,
  { law, links, station: own }: Laws,
  doubts: readonly string[],
  mustBeat: boolean,
): Promise<TapReport> {
  const unasked = unaskedAt(links.stations, own);
  try {
    const ports = await vxlanPortsIn(file);
    const found = new Map<string, Offence>();
    const misled = new Map<string, Offence>();
    let beats = 0;
    const reading = {
      vxlanPorts: ports,
      plainPorts: [...probePorts, ...(law.nodePorts ?? [])],
      growing: true,
      reuse: true,
    };
    const { packets } = await readCapture(file, reading, (packet) => {
      const what = offenceOf(packet, law);
      // One with a wrong tag proves nothing of the wire that is asked about.
      if (what === undefined && isHeartbeat(packet)) beats += 1;
      if (what !== undefined) note(found, what, packet, file);
      const strange = own === undefined ? undefined : misaddressed(packet, own.segment, links);
      if (strange !== undefined) note(misled, strange, packet, file);
    });
    const deaf = mustBeat && beats === 0 ? ["it did not hear the ping sent over it, so it may be deaf"] : [];
    const kinds = { offences: [...found.values()], ...(unasked.all ? {} : { misaddressed: [...misled.values()] }) };
    return { tap, packets, ...kinds, ...unasked.told, doubts: [...doubts, ...deaf] };
  } catch (error) {
    if (error instanceof CaptureError)
      return { tap, packets: 0, offences: [], misaddressed: [], doubts: [...doubts, error.message] };
    throw error;
  }
}

/** VXLAN's own port, and every other that packets which look like VXLAN are sent to: their content is what matters. */
async function vxlanPortsIn(file: string): Promise<readonly number[]> {
  const ports = new Set(defaultVxlanPorts);
  await readCapture(file, { growing: true, reuse: true }, (packet) => {
    const port = suspectedVxlanPort(packet);
    if (port !== undefined) ports.add(port);
  });
  return [...ports];
}

function isHeartbeat(packet: Packet): boolean {
  const ip = innerIp(packet);
  return (
    ip !== undefined &&
    ip.length - ip.headerLength === 8 + heartbeatBytes &&
    packet.layers.some(({ kind }) => kind === "icmp" || kind === "icmpv6")
  );
}

function note(found: Map<string, Offence>, kind: string, packet: Packet, file: string): void {
  const what = found.has(kind) || found.size < mostKinds ? kind : furtherKinds;
  const before = found.get(what);
  const { timeSeconds, number } = packet;
  if (before === undefined) {
    const lines = packetLines(packet);
    found.set(what, { what, packets: 1, first: timeSeconds, last: timeSeconds, lines, file: basename(file), number });
    return;
  }
  found.set(what, { ...before, packets: before.packets + 1, last: timeSeconds });
}
