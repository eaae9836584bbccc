import { groupBy } from "../core/group-by.ts";
import { modes, type ModeId } from "../encap/mode.ts";
import { tableLines } from "../packet/table-lines.ts";
import { isCalm } from "../switch/calm.ts";
import { pathWithoutMode } from "../switch/stream.ts";
import type { DirectionRecord, NodeTurn, StreamRecord, SwitchRecord } from "../switch/switch-record.ts";
import { underlayName } from "./form-name.ts";
import { changeTitle } from "./switch-svg.ts";
import { formatCount, plural } from "./format.ts";

import type { Style } from "./style.ts";

interface SwitchOptions {
  readonly style: Style;
  /** Also the streams whose form stays and that nothing happened to. */
  readonly verbose: boolean;
}

/** What a change of mode did, as a table: per path and direction, then node by node. Ends with a line end. */
export function renderSwitch(change: SwitchRecord, { style, verbose }: SwitchOptions): string {
  const told = change.streams.filter((stream) => verbose || !isCalm(stream));
  return [
    style.strong(`${changeTitle(change)} under traffic`),
    ...(change.trouble === undefined ? [] : [`  ${style.fail(`✘ ${change.trouble.replaceAll("\n", "\n    ")}`)}`]),
    ...whenLines(change).map((line) => `  ${style.faint("·")} ${line}`),
    ...tableLines(rowsOf(told)).map((line, index) => `    ${index === 0 ? style.faint(line) : line}`),
    ...calmLine(change.streams.filter((stream) => !told.includes(stream))).map(
      (line) => `  ${style.faint("·")} ${line}`,
    ),
    ...strayLines("leak", change).map((line) => `  ${style.fail("✘")} ${line}`),
    ...keptLines(change).map((line) => `  ${style.doubt("!")} ${line}`),
    ...strayLines("detour", change).map((line) => `  ${style.doubt("!")} ${line}`),
    ...closingLines(change).map((line) => `  ${style.faint("·")} ${line}`),
    ...leftLines(change, style),
    "",
  ].join("\n");
}

function nameOf(id: ModeId): string {
  return modes.find((mode) => mode.id === id)?.calicoName ?? id;
}

function whenLines({ steps, capture, streams, untilMs, fromMs, intervalMs, nodes }: SwitchRecord): readonly string[] {
  const reached = steps.map(({ step, atMs }) => `${step} ${seconds(atMs)}`).join(", ");
  const watched = `${plural(streams.length, "stream")}, a packet of each every ${intervalMs} ms, watched for ${seconds(untilMs - fromMs)}`;
  const heard = `${plural(capture.packets, "packet")} at ${plural(capture.taps, "tap")}, ${formatCount(capture.droppedByKernel)} dropped by the kernel`;
  return [
    `${watched}; ${heard}`,
    ...capture.doubts,
    ...(reached === "" ? [] : [`reached: ${reached}`]),
    nodes.every(({ firstNewMs, kernel, follows }) => firstNewMs === undefined && kernel === undefined && follows)
      ? "no node changed a route or the form of a packet"
      : `order of nodes: ${nodes.map(turnText).join(", ")}`,
  ];
}

function turnText({ node, firstNewMs, follows, kernel }: NodeTurn): string {
  const wire = firstNewMs === undefined ? "nothing new on the wire" : `on the wire ${seconds(firstNewMs)}`;
  const routes = kernel === undefined ? "" : `, kernel ${seconds(kernel.firstMs)}-${seconds(kernel.lastMs)}`;
  return `${node} (${wire}${routes}${follows ? "" : ", DID NOT FOLLOW"})`;
}

const head = ["path", "", "form", "first new", "last old", "lost", "dup", "reord", "longest gap"];

function rowsOf(streams: readonly StreamRecord[]): readonly (readonly string[])[] {
  return streams.length === 0 ? [] : [head, ...streams.flatMap(streamRows)];
}

function calmLine(streams: readonly StreamRecord[]): readonly string[] {
  if (streams.length === 0) return [];
  const gap = Math.max(
    0,
    ...streams.flatMap(({ directions, tcp }) => [...directions.map(({ gapMs }) => gapMs), tcp?.stallMs ?? 0]),
  );
  return [
    `${plural(streams.length, "stream")} whose form stays: nothing lost, duplicated or reordered, longest gap ${gapText(gap)}`,
  ];
}

function streamRows({ path, kind, directions, tcp, connections }: StreamRecord): readonly (readonly string[])[] {
  const name = `${pathWithoutMode(path)} ${kind}`;
  if (tcp !== undefined) {
    const sent = `${formatCount(tcp.retransmitted)} sent again, ${plural(tcp.timeouts, "time-out")}`;
    return [[name, "→", tcp.outcome, "", "", sent, "", "", gapText(tcp.stallMs)]];
  }
  if (connections !== undefined) {
    const { opened, failed, slowestMs } = connections;
    return [[name, "→", "", "", "", `${failed} of ${opened} failed`, "", "", `slowest ${gapText(slowestMs)}`]];
  }
  return directions.map((direction, index) => [index === 0 ? name : "", ...directionCells(direction)]);
}

function directionCells(direction: DirectionRecord): readonly string[] {
  const { before, after, firstNewMs, lastOldMs, sent, lost, duplicated, reordered, gapMs, silent } = direction;
  const form = before === after ? underlayName(before) : `${underlayName(before)} → ${underlayName(after)}`;
  return [
    direction.direction === "forward" ? "→" : "←",
    form,
    firstNewMs === undefined ? "" : seconds(firstNewMs),
    lastOldMs === undefined ? "" : seconds(lastOldMs),
    `${lost}/${sent}`,
    String(duplicated),
    String(reordered),
    `${gapText(gapMs)}${silent === true ? ", to the end" : ""}${deathText(direction)}`,
  ];
}

function deathText({ beginsAtMs, endsAtMs }: DirectionRecord): string {
  const begins = beginsAtMs === undefined ? "" : `, begins ${seconds(beginsAtMs)}`;
  return endsAtMs === undefined ? begins : `${begins}, ends ${seconds(endsAtMs)} as it must`;
}

/** Flows that keep their form, as those do that a host dialed before the change: conntrack keeps their source address. */
function keptLines({ streams }: SwitchRecord): readonly string[] {
  const kept = streams.filter(({ directions }) =>
    directions.some(({ staysOld, sent }) => staysOld === true && sent > 0),
  );
  return kept
    .filter(({ path }) => pathWithoutMode(path).startsWith("host-"))
    .map(
      ({ path, kind }) =>
        `${pathWithoutMode(path)} ${kind}: dialed before the change, it keeps its source address and the old form`,
    );
}

/** Packets in a form, or by a way, of neither mode: one line for each tap and form, with how many streams they are of. */
function strayLines(word: "leak" | "detour", { streams }: SwitchRecord): readonly string[] {
  const strays = streams.flatMap(({ path, kind, directions }) =>
    directions.flatMap(({ leaks, detours }) =>
      (word === "leak" ? leaks : detours).map((stray) => ({ ...stray, stream: `${pathWithoutMode(path)} ${kind}` })),
    ),
  );
  return [...groupBy(strays, ({ tap, form }) => `${form} at ${tap}`)].map(([where, own]) => {
    const packets = own.reduce((sum, stray) => sum + stray.packets, 0);
    const names = [...new Set(own.map(({ stream }) => stream))];
    const [first = ""] = names;
    const more = names.length === 1 ? "" : ` and ${names.length - 1} more`;
    const from = Math.min(...own.map(({ fromMs }) => fromMs));
    const to = Math.max(...own.map(({ toMs }) => toMs));
    return `${word}: ${plural(packets, "packet")} ${where}, ${seconds(from)} to ${seconds(to)}: ${first}${more}`;
  });
}

function closingLines({ streams, podMtu }: SwitchRecord): readonly string[] {
  const turning = streams.filter(({ directions }) => directions.every(({ staysOld }) => staysOld !== true));
  const both = Math.max(0, ...turning.map(({ bothMs = 0 }) => bothMs));
  const running = podMtu.running.join(", ");
  const isOld = podMtu.running.some((mtu) => mtu !== podMtu.fresh);
  const errors = [...new Set(streams.flatMap((stream) => stream.errors))];
  return [
    `both forms side by side on a path: ${gapText(both)} at most`,
    isOld ? `pods that run keep MTU ${running}; a new pod gets ${podMtu.fresh}` : `pods have MTU ${running}`,
    ...errors.slice(0, listedErrors).map((error) => `heard: ${error}`),
  ];
}

/** Different errors that are listed; run.json has all. */
const listedErrors = 6;

function leftLines({ leftBehind, notCompared, to }: SwitchRecord, style: Style): readonly string[] {
  const born = `a lab born in ${nameOf(to)}`;
  if (leftBehind === undefined)
    return [`  ${style.faint("·")} not compared with ${born}: ${notCompared ?? "no reason given"}`];
  if (leftBehind.length === 0) return [`  ${style.faint("·")} nothing left behind: the nodes have what ${born} has`];
  return leftBehind.slice(0, listedErrors * 2).map(({ node, what, subject, a = "nothing", b = "nothing" }) => {
    return `  ${style.fail("✘")} ${node} ${what} ${subject}: ${a}; ${born} has ${b}`;
  });
}

function gapText(ms: number): string {
  if (ms >= 1000) return seconds(ms);
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
