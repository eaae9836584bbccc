import type { Probe, ProbeKind } from "../probe/probe.ts";
import type { Verdict } from "../verify/verdict.ts";

/** Paths beyond which results are kept short: a hundred nodes would leave fifty megabytes of what is as it must be. */
const manyPaths = 200;

/** Whether a run, or a mode of one, has so many paths that what passed is told in short. */
export function isLarge(paths: { readonly length: number }): boolean {
  return paths.length > manyPaths;
}

/** Packets kept of each probe at each tap, there and back: what shows the form, or what shows how a flow went on. */
const kept = { passed: 6, wrong: 20 } as const;

/** The same of a path that passed among many. */
const keptOfMany: Readonly<Record<ProbeKind, number>> = { ping: 2, curl: 2, bulk: 2, mtu: 1, udp: 1, sweep: 1 };

/** How many packets of a probe are kept at each tap in each direction. */
export function packetsKept({ path, kind }: Probe, many: boolean, wrong: ReadonlySet<string>): number {
  if (wrong.has(path.id)) return kept.wrong;
  return many ? keptOfMany[kind] : kept.passed;
}

/**
 * Leaves the lines that several passed checks of one path or node show to the first of them: of a large lab they are a fifth of
 * run.json. What is wrong or in doubt keeps all of its evidence.
 */
export function evidenceOnce(verdicts: readonly Verdict[]): readonly Verdict[] {
  const told = new Set<string>();
  return verdicts.map((verdict) => {
    const { id, status, evidence } = verdict;
    if (status !== "pass" || evidence.length === 0) return verdict;
    const key = `${id}\n${evidence.join("\n")}`;
    if (told.has(key)) return { ...verdict, evidence: [] };
    told.add(key);
    return verdict;
  });
}
