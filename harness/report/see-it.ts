import { join } from "node:path";
import { asTyped } from "../core/command-words.ts";
import { modes, type ModeId } from "../encap/mode.ts";
import type { PathRecord, RunRecord } from "../run/record.ts";

/** Commands that show a path's packets, one per capture: plain ones by address, encapsulated ones by their outer form. */
export function seeItCommands(path: PathRecord, folder: string): readonly string[] {
  const filter = captureFilter(path);
  return path.pcaps.map((pcap) => `tcpdump -nn -r ${quote(join(folder, pcap))} ${quote(filter)}`);
}

/** How commands name the topology of a run. */
export function topologyOf({ topology, topologyFile }: RunRecord): string {
  return topologyFile ?? topology;
}

/** The command that runs one path again, in the same mode and topology. */
export function againCommand(path: PathRecord, topology: string): string {
  const { id, mode, family } = path.expectation.path;
  const pattern = id.startsWith(`${mode}/`) ? id.slice(mode.length + 1) : id;
  const sixth = family === 6 ? " --family 6" : "";
  return asTyped(
    `npm run suite -- --mode ${calicoName(mode)} --topology ${quote(topology)}${sixth} --paths ${quote(pattern)}`,
  );
}

/** Calico's word for a mode. */
export function calicoName(id: ModeId): string {
  return modes.find((mode) => mode.id === id)?.calicoName ?? id;
}

/** UDP port of VXLAN where the path itself expects none (IANA, RFC 7348). */
const vxlanPort = 4789;

function captureFilter(path: PathRecord): string {
  const { forward, reverse, dials } = path.expectation;
  const port = forward.outer?.vxlan?.port ?? reverse?.outer?.vxlan?.port ?? vxlanPort;
  const hosts = [...new Set([forward.destination, dials])].map((address) => `host ${address}`);
  return [...hosts, `udp port ${port}`, "ip proto 4"].join(" or ");
}

function quote(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
