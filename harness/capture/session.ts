import { join } from "node:path";
import { LabError, messageOf } from "../core/errors.ts";
import { groupBy } from "../core/group-by.ts";
import { settleAll } from "../core/settle.ts";
import type { RunningCommand } from "../exec/executor.ts";
import { hostOf } from "../exec/shared-process.ts";
import { spawnCommands } from "../exec/spawn-commands.ts";
import type { CaptureFile, CaptureOptions, CaptureTarget, StartCapture } from "./capture.ts";
import { findPlaces, lightBeacon, type CapturePlace } from "./capture-folder.ts";
import { countPackets } from "./count-packets.ts";
import { fetchFile } from "./fetch-file.ts";
import { markEnds } from "./marker.ts";
import { listening, longestCaptureSeconds, parseSummary, tcpdumpArgv } from "./tcpdump.ts";
import { whenListening } from "./when-listening.ts";

interface NodeCapture {
  readonly target: CaptureTarget;
  readonly place: CapturePlace;
  readonly tcpdump: RunningCommand;
}

/** Starts one tcpdump per node, side by side, and returns when all of them listen. */
export const startCapture: StartCapture = async (targets, options, scope) => {
  const beacon = await lightBeacon(options.folder, scope);
  const places = await findPlaces(targets, beacon, scope);
  assertDevices(targets, places);
  const commands = targets.map((target, index) => {
    const { file = "", interfaces = new Map<number, string>() } = places[index] ?? {};
    return { executor: target.executor, argv: tcpdumpArgv(file, target, options, interfaces) };
  });
  const running = await spawnCommands(commands, { longestSeconds: longestCaptureSeconds }, scope);
  const captures = await settleAll(
    targets.map(async (target, index): Promise<NodeCapture> => {
      const [place, tcpdump] = [places[index], running[index]];
      if (place === undefined || tcpdump === undefined) throw new RangeError(`no capture on ${target.node}`);
      await whenListening(tcpdump, target.node, listening, targets.length);
      return { target, place, tcpdump };
    }),
  );
  return { stop: () => stopAll(captures, options) };
};

function assertDevices(targets: readonly CaptureTarget[], places: readonly CapturePlace[]): void {
  for (const [index, { node, devices, executor }] of targets.entries()) {
    const there = new Set(places[index]?.interfaces.values());
    const absent = devices.filter((device) => !there.has(device));
    if (absent.length === 0) continue;
    throw new LabError(`node ${node} has no interface ${absent.join(", ")} to capture on`, { where: executor.where });
  }
}

/** Captures of one host end together, in few processes; what is wrong there is no doubt about the others. */
async function stopAll(captures: readonly NodeCapture[], options: CaptureOptions): Promise<readonly CaptureFile[]> {
  const files = await settleAll(
    [...groupBy(captures, ({ target }) => hostOf(target.executor)).values()].map((own) => stopOnHost(own, options)),
  );
  const byNode = new Map(files.flat().map((file) => [file.node, file]));
  return captures.flatMap(({ target }) => byNode.get(target.node) ?? []);
}

async function stopOnHost(captures: readonly NodeCapture[], options: CaptureOptions): Promise<readonly CaptureFile[]> {
  const deaf = await markEnds(
    captures.map(({ target, place, tcpdump }) => ({
      executor: target.executor,
      file: place.file,
      shared: place.shared,
      ended: endOf(tcpdump),
    })),
  );
  const ends = await settleAll(
    captures.map(async ({ tcpdump }) => ({
      early: await endedEarly(tcpdump),
      result: await tcpdump.stop("SIGINT"),
    })),
  );
  const counts = await countPackets(
    captures.map(({ target, place }, index) => {
      const captured = parseSummary(ends[index]?.result.stderr ?? "")?.captured;
      return { executor: target.executor, file: place.file, ...(captured === undefined ? {} : { captured }) };
    }),
  );
  return settleAll(
    captures.map(async ({ target, place }, index): Promise<CaptureFile> => {
      const { early, result } = ends[index] ?? {};
      const why = early ?? deaf[index];
      const local = join(options.folder, `${target.node}.pcap`);
      if (!place.shared) await fetchFile(target.executor, place.file, local);
      const summary = parseSummary(result?.stderr ?? "");
      return {
        node: target.node,
        file: local,
        interfaces: place.interfaces,
        captured: summary?.captured ?? 0,
        receivedByFilter: summary?.receivedByFilter ?? 0,
        droppedByKernel: summary?.droppedByKernel ?? 0,
        doubts: [...(why === undefined ? [] : [why]), ...doubts(result?.stderr ?? "", counts[index] ?? "", options)],
      };
    }),
  );
}

/** Aborted as soon as tcpdump has ended: then nobody need wait for its marker. */
function endOf(tcpdump: RunningCommand): AbortSignal {
  const ended = new AbortController();
  const abort = (): void => {
    ended.abort();
  };
  tcpdump.finished.then(abort, abort);
  return ended.signal;
}

/** Why tcpdump is not running any more; missing while it runs as it should. */
async function endedEarly(tcpdump: RunningCommand): Promise<string | undefined> {
  const running = Symbol("running");
  const now = await Promise.race([
    tcpdump.finished.catch((error: unknown) => messageOf(error)),
    // After a turn of the event loop, so that an end that has been seen wins.
    new Promise<typeof running>((resolve) => setImmediate(resolve, running)),
  ]);
  if (now === running) return undefined;
  const why = typeof now === "string" ? now : now.stderr.trim().split("\n").at(-1);
  return `tcpdump ended before it was told to (${why ?? "without a word"})`;
}

/** Reasons for which a negative claim from the file would be void. */
function doubts(stderr: string, counted: number | string, options: CaptureOptions): readonly string[] {
  const summary = parseSummary(stderr);
  if (summary === undefined) return [`tcpdump died without its summary: ${stderr.trim()}`];
  const { captured, droppedByKernel } = summary;
  return [
    droppedByKernel > 0 ? `the kernel dropped ${droppedByKernel} packets (larger buffer: --capture-buffer)` : "",
    captured >= options.maxPackets ? `the capture was full after ${captured} packets` : "",
    typeof counted === "string" ? `tcpdump cannot read its own file: ${counted}` : "",
    typeof counted === "number" && counted !== captured
      ? `tcpdump captured ${captured} packets, but its file holds ${counted}`
      : "",
  ].filter((doubt) => doubt !== "");
}
