import { join } from "node:path";
import { asTyped } from "../core/command-words.ts";
import { modeOption } from "../encap/mode-words.ts";
import { modes, poolsMode, type Mode, type ModeId } from "../encap/mode.ts";
import type { PathRecord, RunRecord } from "../run/record.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/** Commands that show a path's packets, one per capture: plain ones by address, encapsulated ones by their outer form. */
export function seeItCommands(path: PathRecord, folder: string): readonly string[] {
  const filter = captureFilter(path);
  return path.pcaps.map((pcap) => `tcpdump -nn -r ${quote(join(folder, pcap))} ${quote(filter)}`);
}

/** Verb and options that repeat a run: as they were typed, or else what is known of it, its topology. */
export function repeatOf({ again, topology, topologyFile }: Repeatable): readonly string[] {
  return again ?? ["suite", "--topology", topologyFile ?? topology];
}

type Repeatable = Pick<RunRecord, "again" | "topology" | "topologyFile">;

/** The command that runs one path again, with all options of the run that it failed in. */
export function againCommand(path: PathRecord, repeat: readonly string[]): string {
  const { id, mode } = path.expectation.path;
  const pattern = id.startsWith(`${mode}/`) ? id.slice(mode.length + 1) : id;
  const [verb = "suite", ...words] = repeat;
  // A lab that is up is in its mode already, and a tour names its own.
  const modeWords = words.includes("--switch") ? [] : modeOption({ id: mode, calicoName: calicoName(mode) });
  const start = verb === "suite" ? ["npm run suite --", ...modeWords] : ["npm run lab --", verb];
  return asTyped([...start, ...words.map(quote), "--paths", quote(pattern)].join(" "));
}

/** The command that runs a test's file again, with all options of the run that it failed in; other files are left out. */
export function againTest(file: string, [, ...words]: readonly string[]): string {
  const isOfSuites = (word: string | undefined): boolean => word === "--suites";
  const others = words.filter(
    (word, index) => !isOfSuites(word) && !isOfSuites(words[index - 1]) && !word.startsWith("--suites="),
  );
  return asTyped(["npm run suite --", "--suites", quote(file), ...others.map(quote)].join(" "));
}

/** Calico's word for a mode. */
function calicoName(id: ModeId): Mode["calicoName"] {
  return modes.find((mode) => mode.id === id)?.calicoName ?? poolsMode.calicoName;
}

function captureFilter(path: PathRecord): string {
  const { forward, reverse, dials } = path.expectation;
  const port = forward.outer?.vxlan?.port ?? reverse?.outer?.vxlan?.port ?? vxlanPort;
  const hosts = [...new Set([forward.destination, dials])].map((address) => `host ${address}`);
  return [...hosts, `udp port ${port}`, "ip proto 4"].join(" or ");
}

function quote(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
