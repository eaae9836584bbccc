import type { ExpectedDirection } from "../encap/expectation.ts";
import { bandsOf } from "./bands.ts";
import { Moments } from "./moments.ts";
import type { Flight } from "./flight.ts";
import type { Stray } from "./wayside.ts";
import type { DirectionRecord, StrayRecord } from "./switch-record.ts";
import { wireForms } from "./wire-form.ts";

/** What a direction must look like before and after. */
export interface Turn {
  readonly before: ExpectedDirection;
  readonly after: ExpectedDirection;
}

/** Runs of lost packets that a record lists; beyond, the longest are kept. */
const listedRuns = 50;

/** Figures of one direction's numbered packets. Pure. */
export function directionFigures(
  direction: DirectionRecord["direction"],
  { before, after }: Turn,
  flight: Flight,
  moments: Moments,
): DirectionRecord {
  const sent = sentTimes(flight, moments.end);
  const judged = judgedRange(flight, sent, { before, after }, moments);
  const { lost, runs, gap } = follow(flight, sent, judged, moments);
  const forms = { before: before.underlay, after: after.underlay };
  return {
    direction,
    ...forms,
    sent: judged.to - judged.from,
    lost,
    duplicated: flight.duplicated,
    reordered: flight.reordered,
    ...gap,
    ...judged.ends,
    ...formChange(flight, forms.before, forms.after, moments),
    ...strays(flight, moments),
    bands: bandsOf(flight, sent, moments),
    lostAt: runs,
  };
}

/** Leaks and detours as a record tells them. */
export function strays(
  { wayside }: { readonly wayside: { readonly leaks: readonly Stray[]; readonly detours: readonly Stray[] } },
  moments: Moments,
): Pick<DirectionRecord, "leaks" | "detours"> {
  const told = ({ tap, form, packets, firstAt, lastAt }: Stray): StrayRecord => ({
    tap,
    form: wireForms[form] ?? "other",
    packets,
    fromMs: moments.ms(firstAt),
    toMs: moments.ms(lastAt),
  });
  return { leaks: wayside.leaks.map(told), detours: wayside.detours.map(told) };
}

/** When each packet was sent, from the lowest number seen to the highest; of those that nobody saw, between their neighbors. */
function sentTimes({ sentAt }: Flight, end: number): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  let known: { readonly number: number; readonly at: number } | undefined;
  sentAt.forEach((at, number) => {
    if (at === undefined || at > end) return;
    const span = known === undefined ? 0 : number - known.number;
    for (let hole = 1; hole < span; hole += 1) {
      const from = known?.at ?? at;
      times.set((known?.number ?? 0) + hole, from + ((at - from) * hole) / span);
    }
    times.set(number, at);
    known = { number, at };
  });
  return times;
}

interface Judged {
  /** Places in the list of sent packets. */
  readonly from: number;
  readonly to: number;
  readonly ends: Pick<DirectionRecord, "endsAtMs" | "beginsAtMs">;
}

/** Where a mode delivers nothing, only packets between the first and the last that arrived are judged. */
function judgedRange(
  flight: Flight,
  sent: ReadonlyMap<number, number>,
  { before, after }: Turn,
  moments: Moments,
): Judged {
  const numbers = [...sent.keys()];
  const first = numbers.findIndex((number) => flight.heardAt[number] !== undefined);
  const last = numbers.findLastIndex((number) => flight.heardAt[number] !== undefined);
  const begins = before.dies !== undefined;
  const ends = after.dies !== undefined;
  if (first < 0) return { from: 0, to: begins || ends ? 0 : numbers.length, ends: {} };
  const at = (place: number): number => moments.ms(flight.heardAt[numbers[place] ?? 0] ?? 0);
  return {
    from: begins ? first : 0,
    to: ends ? last + 1 : numbers.length,
    ends: { ...(begins ? { beginsAtMs: at(first) } : {}), ...(ends ? { endsAtMs: at(last) } : {}) },
  };
}

interface Followed {
  readonly lost: number;
  readonly runs: DirectionRecord["lostAt"];
  readonly gap: Pick<DirectionRecord, "gapMs" | "gapAtMs" | "silent">;
}

/** Follows the packets in the order of sending: runs of lost ones, and the longest time without an arrival that was due. */
function follow(flight: Flight, sent: ReadonlyMap<number, number>, { from, to }: Judged, moments: Moments): Followed {
  const packets = [...sent].slice(from, to);
  const delay = leastDelay(flight, packets);
  const runs: { fromMs: number; toMs: number; packets: number }[] = [];
  let missing: { at: number; packets: number } | undefined;
  let gap: { seconds: number; at: number; silent: boolean } = { seconds: 0, at: moments.start, silent: false };
  let lost = 0;
  const close = (next: number): void => {
    if (missing === undefined) return;
    runs.push({ fromMs: moments.ms(missing.at), toMs: moments.ms(next), packets: missing.packets });
    missing = undefined;
  };
  for (const [number, at] of packets) {
    const heard = flight.heardAt[number];
    if (heard === undefined) {
      lost += 1;
      missing = { at: missing?.at ?? at, packets: (missing?.packets ?? 0) + 1 };
      continue;
    }
    const since = missing?.at ?? at;
    const seconds = heard - since - delay;
    if (seconds > gap.seconds) gap = { seconds, at: since, silent: false };
    close(at);
  }
  if (missing !== undefined) {
    const seconds = moments.end - missing.at;
    if (seconds > gap.seconds) gap = { seconds, at: missing.at, silent: true };
    close(moments.end);
  }
  const kept = runs.toSorted((a, b) => b.packets - a.packets).slice(0, listedRuns);
  return {
    lost,
    runs: kept.toSorted((a, b) => a.fromMs - b.fromMs),
    gap: {
      gapMs: moments.round(gap.seconds * 1000),
      ...(gap.seconds > 0 ? { gapAtMs: moments.ms(gap.at) } : {}),
      ...(gap.silent ? { silent: true } : {}),
    },
  };
}

/** What the path itself takes: no part of a gap, and with it goes what two clocks differ by. */
function leastDelay({ heardAt }: Flight, packets: readonly (readonly [number, number])[]): number {
  const delays = packets.flatMap(([number, at]) => {
    const heard = heardAt[number];
    return heard === undefined ? [] : [heard - at];
  });
  return delays.length === 0 ? 0 : delays.reduce((least, one) => Math.min(least, one));
}

function formChange(
  { exitForm, exitAt }: Flight,
  before: DirectionRecord["before"],
  after: DirectionRecord["after"],
  moments: Moments,
): Pick<DirectionRecord, "lastOldMs" | "firstNewMs" | "staysOld"> {
  if (before === after) return {};
  const [old, fresh] = [wireForms.indexOf(before as "plain"), wireForms.indexOf(after as "plain")];
  const last = exitForm.findLastIndex((form) => form === old);
  const first = exitForm.findIndex((form) => form === fresh);
  const [lastAt, firstAt] = [exitAt[last], exitAt[first]];
  return {
    ...(lastAt === undefined ? {} : { lastOldMs: moments.ms(lastAt) }),
    ...(firstAt === undefined ? {} : { firstNewMs: moments.ms(firstAt) }),
    ...(exitForm.findLast((form) => form !== undefined) === old ? { staysOld: true as const } : {}),
  };
}
