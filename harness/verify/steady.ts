import type { Mode } from "../encap/mode.ts";
import { defineCheck } from "./check.ts";
import { judgeNodes, type NodeJudgment } from "./node-troubles.ts";
import type { Trouble } from "./trouble.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What the kernels hold is the same before and after the probes. Where it changed, packets of one run went by two
 * states, and what they showed fits neither.
 */
export const steady = defineCheck({
  of: "network",
  name: "steady",
  part: "encapsulation",
  proves: "routes, rules, devices, addresses and settings did not change while the probes ran",
  judge: (networkCase) => {
    const { before, mode } = networkCase;
    if (before === undefined) return [];
    const earlier = judgeNodes({ ...networkCase, facts: before });
    return judgeNodes(networkCase).flatMap((later, index) => {
      const first = earlier[index];
      return first === undefined ? [] : [verdictOn(first, later, mode)];
    });
  },
});

/** How many changes a reason spells out; all of them are evidence. */
const spelledOut = 3;

function verdictOn(before: NodeJudgment, after: NodeJudgment, mode: Mode): Verdict {
  const { node } = after.expected;
  const base = { id: `${mode.id}/steady/${node}`, check: "steady", expected: "no change during the probes" } as const;
  if (before.facts === undefined || after.facts === undefined) return unread(base, node, "its kernel state");
  const [blind] = [...before.unreadable, ...after.unreadable];
  const came = without(after.troubles, before.troubles);
  const went = without(before.troubles, after.troubles);
  // Calico tidies up after itself: BIRD tells a pod's own route before its block's, for a few seconds.
  const tidied = went.filter(({ kind }) => kind === "stray route");
  const changes = [
    ...came.map(({ text }) => `${text}: not so before the probes`),
    ...went
      .filter((trouble) => !tidied.includes(trouble))
      .map(({ text }) => `${text}: not so any more after the probes`),
  ];
  const notes = tidied.map(({ text }) => `${node}: ${text} was gone after the probes`);
  if (changes.length > 0) {
    const more = changes.length > spelledOut ? `; and ${changes.length - spelledOut} more` : "";
    const reason = `${node} changed during the probes: ${changes.slice(0, spelledOut).join("; ")}${more}`;
    const observed = `${changes.length} change${changes.length === 1 ? "" : "s"}`;
    return { ...base, status: "fail", observed, reason, category: "control plane", evidence: [...changes, ...notes] };
  }
  if (blind !== undefined) return unread(base, node, `the ${blind.what} (${blind.because})`);
  return {
    ...base,
    status: "pass",
    observed: notes.length === 0 ? "no change" : "a stray route went away",
    evidence: notes,
  };
}

function unread(base: Pick<Verdict, "id" | "check" | "expected">, node: string, what: string): Verdict {
  const reason = `${what} of ${node} could not be read both before and after the probes: check that ip(8) and bridge(8) work there`;
  return { ...base, status: "inconclusive", observed: "nothing", reason, category: "inconclusive", evidence: [] };
}

function without(troubles: readonly Trouble[], others: readonly Trouble[]): readonly Trouble[] {
  const known = new Set(others.map(({ text }) => text));
  return troubles.filter(({ text }) => !known.has(text));
}
