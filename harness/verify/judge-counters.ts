import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { NetworkCase } from "./check.ts";
import { machinesIn } from "./machines.ts";
import type { Verdict } from "./verdict.ts";

/** A counter of the kernel that grew while probes ran. */
export interface Growth {
  /** "conntrack.drop", "eth0.rx.errors" */
  readonly counter: string;
  readonly by: number;
}

interface CounterQuestion {
  /** Name of the check. */
  readonly check: string;
  readonly expected: string;
  /** Which counters it is about, on a machine. */
  readonly chosen: (counter: string, facts: NodeFacts) => boolean;
  /** Why a growth is wrong; undefined where it is what sound networks show too. */
  readonly wrong: (growth: Growth) => string | undefined;
}

/** One verdict for each node and router, on counters that tell of packets that were thrown away: those that grew during the probes. */
export function judgeCounters({ mode, facts, before }: NetworkCase, question: CounterQuestion): readonly Verdict[] {
  if (before === undefined) return [];
  const earlier = new Map(machinesIn(before).map((own) => [own.node, own]));
  return machinesIn(facts).map((own) => verdictOn(mode.id, own, earlier.get(own.node), question));
}

function verdictOn(
  mode: string,
  own: NodeFacts,
  before: NodeFacts | undefined,
  { check, expected, chosen, wrong }: CounterQuestion,
): Verdict {
  const { node } = own;
  const base = { id: `${mode}/${check}/${node}`, check, expected } as const;
  const unknown = unreadIn(own) ?? (before === undefined ? "nobody looked before" : unreadIn(before));
  const growths = growthsOf(own, before ?? own).filter(({ counter }) => chosen(counter, own));
  const found = growths.flatMap((growth) => wrong(growth) ?? []);
  const evidence = growths.map(({ counter, by }) => `${node}: ${counter} +${by}`);
  if (found.length > 0) {
    const reason = `${node}: ${found.join("; ")}`;
    return { ...base, status: "fail", observed: reason, reason, category: "lost on the way", evidence };
  }
  const [back] = growths.filter(({ by }) => by < 0);
  if (unknown === undefined && back === undefined)
    return { ...base, status: "pass", observed: "nothing of the kind", evidence };
  const why = unknown ?? `${back?.counter ?? ""} began anew`;
  const reason = `the counters of ${node} could not be read both before and after the probes (${why}): see that /proc/net and ip(8) can be read there`;
  return { ...base, status: "inconclusive", observed: "nothing", reason, category: "inconclusive", evidence };
}

function unreadIn({ unreadable = [], counters }: NodeFacts): string | undefined {
  const blind = unreadable.find(({ what }) => what === "counters" || what === "devices");
  return blind?.because ?? (counters === undefined ? "there are none" : undefined);
}

/** A device that was made anew counts from zero: then the difference is below it. */
function growthsOf({ counters: now = {} }: NodeFacts, { counters: before = {} }: NodeFacts): readonly Growth[] {
  return Object.entries(now)
    .map(([counter, value]) => ({ counter, by: value - (before[counter] ?? 0) }))
    .filter(({ by }) => by !== 0)
    .toSorted((a, b) => b.by - a.by);
}
