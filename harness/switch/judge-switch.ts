import { groupBy } from "../core/group-by.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Budget } from "./budget.ts";
import type { DirectionRecord, StreamRecord, SwitchRecord } from "./switch-record.ts";

/** Puts a change to the budget, and asks whether every node followed and nothing was left behind. Pure. */
export function judgeSwitch(record: SwitchRecord, budget: Budget): readonly Verdict[] {
  const variant = record.variant === undefined ? {} : { variant: record.variant };
  const onPaths = [...groupBy(record.streams, ({ path }) => path)].flatMap(([path, streams]) => [
    ...(budget.leaksAllowed ? [] : [leakVerdict(path, streams, record)]),
    ...(budget.maxGapMs === undefined ? [] : [gapVerdict(path, streams, budget.maxGapMs, record)]),
    ...(budget.maxLoss === undefined ? [] : [lossVerdict(path, streams, budget.maxLoss, record)]),
  ]);
  return [...onPaths, ...followVerdicts(record), ...leftBehindVerdicts(record)].map((verdict) => ({
    ...verdict,
    ...variant,
  }));
}

interface Finding {
  readonly wrong: boolean;
  /** The larger, the worse. */
  readonly weight: number;
  readonly observed: string;
  readonly reason: string;
}

/** What of a path's streams is worst, as the verdict that it makes. */
function verdictOf(
  id: string,
  check: string,
  category: NonNullable<Verdict["category"]>,
  expected: string,
  findings: readonly Finding[],
  { capture }: SwitchRecord,
): Verdict {
  const sorted = findings.toSorted((a, b) => Number(b.wrong) - Number(a.wrong) || b.weight - a.weight);
  const [worst] = sorted;
  const common = { id, check, expected, observed: worst?.observed ?? "nothing sent" };
  const evidence = sorted.filter(({ wrong }) => wrong).map(({ reason }) => reason);
  if (worst?.wrong === true) return { ...common, status: "fail", category, reason: worst.reason, evidence };
  const doubt = worst === undefined ? "no packet of the path was seen at its source" : capture.doubts[0];
  if (doubt === undefined) return { ...common, status: "pass", evidence: [] };
  return { ...common, status: "inconclusive", category: "inconclusive", reason: doubt, evidence: [...capture.doubts] };
}

const arrows = { forward: "→", reverse: "←" } as const;

/** "ping ← (reverse)": which packets a reason is about. */
function named(kind: string, direction: DirectionRecord["direction"]): string {
  return `${kind} ${arrows[direction]} (${direction})`;
}

function leakVerdict(path: string, streams: readonly StreamRecord[], record: SwitchRecord): Verdict {
  const findings = streams.flatMap(({ kind, directions }) =>
    directions.map((direction): Finding => {
      const packets = direction.leaks.reduce((sum, leak) => sum + leak.packets, 0);
      const where = direction.leaks.map(({ tap, form, packets: count, fromMs, toMs }) => {
        return `${form} ×${count} at ${tap} from ${seconds(fromMs)} to ${seconds(toMs)}`;
      });
      return {
        wrong: packets > 0,
        weight: packets,
        observed: packets === 0 ? "none" : where.join(", "),
        reason: `${named(kind, direction.direction)}: ${where.join(", ")}, where ${formsOf(direction)} is expected`,
      };
    }),
  );
  const verdict = verdictOf(path, "switch-leak", "leak", "no packet in a form of neither mode", findings, record);
  const seen = (record.capture.strays ?? []).map((file) => `see ${file}: tcpdump -nn -e -r ${file}`);
  return verdict.status === "fail" ? { ...verdict, evidence: [...verdict.evidence, ...seen] } : verdict;
}

function formsOf({ before, after }: DirectionRecord): string {
  const words = [...new Set([before, after])].map((form) => (form === "none" ? "nothing between nodes" : form));
  return words.join(" or ");
}

function gapVerdict(path: string, streams: readonly StreamRecord[], most: number, record: SwitchRecord): Verdict {
  // Where the new mode delivers nothing, a connection that dies is as it must be.
  const mayDie = streams.some(({ directions }) => directions.some(({ endsAtMs }) => endsAtMs !== undefined));
  const findings = streams.flatMap(({ kind, directions, tcp, connections }): readonly Finding[] => [
    ...directions.filter(({ sent }) => sent > 0).map((direction) => gapOf(kind, direction, most)),
    ...(tcp === undefined || mayDie ? [] : [stallOf(tcp, most)]),
    ...(connections === undefined || mayDie ? [] : [slowestOf(connections, most)]),
  ]);
  return verdictOf(path, "switch-gap", "interrupted", `no gap beyond ${ms(most)}`, findings, record);
}

function gapOf(kind: string, { direction, gapMs, gapAtMs = 0, silent }: DirectionRecord, most: number): Finding {
  const end = silent === true ? ", until the end" : "";
  return {
    wrong: gapMs > most,
    weight: gapMs,
    observed: ms(gapMs),
    reason: `${named(kind, direction)}: nothing arrived for ${ms(gapMs)} from ${seconds(gapAtMs)} on${end}`,
  };
}

function stallOf({ outcome, because, stallMs }: NonNullable<StreamRecord["tcp"]>, most: number): Finding {
  return {
    wrong: outcome === "died" || stallMs > most,
    weight: stallMs,
    observed: `TCP ${outcome}, ${ms(stallMs)}`,
    reason: `long TCP connection ${outcome}: ${because}`,
  };
}

function slowestOf({ failed, opened, slowestMs }: NonNullable<StreamRecord["connections"]>, most: number): Finding {
  return {
    wrong: failed > 0 || slowestMs > most,
    weight: slowestMs,
    observed: `${failed} of ${opened} connections failed, slowest ${ms(slowestMs)}`,
    reason: `short connections: ${failed} of ${opened} failed, the slowest took ${ms(slowestMs)}`,
  };
}

function lossVerdict(path: string, streams: readonly StreamRecord[], most: number, record: SwitchRecord): Verdict {
  const findings = streams.flatMap(({ kind, directions }) =>
    directions
      .filter(({ sent }) => sent > 0)
      .map(({ direction, lost, sent }): Finding => {
        const observed = `${lost} of ${sent} packets (${percent(lost / sent)})`;
        const reason = `${named(kind, direction)}: ${observed} did not arrive`;
        return { wrong: lost / sent > most, weight: lost / sent, observed, reason };
      }),
  );
  return verdictOf(path, "switch-loss", "lost on the way", `at most ${percent(most)} lost`, findings, record);
}

function followVerdicts({ nodes, to, trouble }: SwitchRecord): readonly Verdict[] {
  return nodes.map(({ node, follows, firstNewMs, lastOldMs }): Verdict => {
    const common = { id: `${to}/switch-followed/${node}`, check: "switch-followed", expected: "every node changes" };
    if (follows) return { ...common, status: "pass", observed: whenOf(firstNewMs), evidence: [] };
    const last =
      lastOldMs === undefined ? "" : `; the last in the old form left ${seconds(lastOldMs)} after the change`;
    const observed =
      firstNewMs === undefined ? "no packet in the new form left it" : "its last packets are in the old form";
    return {
      ...common,
      status: "fail",
      category: "control plane",
      observed,
      reason: `node ${node} did not follow: ${observed}${last}`,
      evidence: trouble === undefined ? [] : [trouble],
    };
  });
}

function whenOf(firstNewMs: number | undefined): string {
  return firstNewMs === undefined ? "nothing that leaves it changes" : `after ${seconds(firstNewMs)}`;
}

function leftBehindVerdicts({ leftBehind, nodes, to }: SwitchRecord): readonly Verdict[] {
  if (leftBehind === undefined) return [];
  return nodes.map(({ node }): Verdict => {
    const own = leftBehind.filter((difference) => difference.node === node);
    const lines = own.map(({ what, subject, a = "nothing", b = "nothing" }) => {
      return `${what} ${subject}: ${a}; a lab born in the mode has ${b}`;
    });
    const expected = "what a lab born in the mode has";
    const common = { id: `${to}/left-behind/${node}`, check: "left-behind", expected };
    const [first] = lines;
    if (first === undefined) return { ...common, status: "pass", observed: "the same", evidence: [] };
    const observed = `${lines.length} differences`;
    return {
      ...common,
      status: "fail",
      category: "left behind",
      observed,
      reason: `${node}: ${first}`,
      evidence: lines,
    };
  });
}

function ms(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : seconds(value);
}

function seconds(value: number): string {
  return `${(value / 1000).toFixed(2)} s`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
