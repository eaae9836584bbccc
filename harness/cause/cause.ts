import type { NetworkCase } from "../verify/check.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { PlaceJudgment } from "./beyond-nodes.ts";
import type { Crossing } from "./crossings.ts";
import type { CheckName } from "../verify/registry.ts";
import type { PathCase, Verdict } from "../verify/verdict.ts";

/** What explains failed verdicts: one sentence, what proves it, and what to do. */
export interface Cause {
  /** Kebab case, equal to the name of the rule's file. */
  readonly name: string;
  /** Names nodes, devices and addresses. */
  readonly sentence: string;
  readonly fix: string;
  /** Reports of the same: numbers of projectcalico/calico unless another repository is named. */
  readonly issues: readonly string[];
  readonly evidence: readonly string[];
  /** Ids of the failed verdicts that it explains. */
  readonly explains: readonly string[];
}

/** A cause as its rule finds it. */
export interface Found extends Cause {
  /** The only checks that it can fail, of the paths that it explains: what loses no packets must not hide what does. Missing = all. */
  readonly checks?: readonly CheckName[];
}

/** Whether a cause can be why a verdict failed. */
export function explainsVerdict({ explains, checks }: Found, { id, check }: Verdict): boolean {
  return explains.includes(id) && (checks === undefined || checks.some((name) => name === check));
}

/** Lines of evidence that a cause shows at most. */
export const shownLines = 6;

/** Everything that rules may look at: one scenario in which something failed. */
export interface Incident {
  readonly network: NetworkCase;
  /** The failed ones. */
  readonly failed: readonly Verdict[];
  /** The paths of failed verdicts, with what was seen of them. */
  readonly cases: readonly PathCase[];
  /** All paths that were asked, those that pass too. */
  readonly asked: readonly PathCase[];
  /** Place by place, what came there of the packets of all paths, and what was lost. */
  readonly crossings: readonly Crossing[];
  readonly nodes: readonly NodeJudgment[];
  /** What is wrong with routers, and with pods of failing paths. */
  readonly beyond: readonly PlaceJudgment[];
}

/** One kind of cause; finds it, or nothing. Pure. */
export interface Rule {
  readonly name: string;
  readonly find: (incident: Incident) => readonly Found[];
}

/** Ids of failed verdicts on paths from or to a node, and on the node itself. */
export function failuresOf({ failed, cases }: Incident, ...nodes: readonly string[]): readonly string[] {
  const ends = new Map(
    cases.map(({ expectation: { path } }) => [path.id, [path.source.node, path.target.node]] as const),
  );
  const concerned = failed.filter(({ id }) => {
    const own = ends.get(id) ?? [id.split("/").at(-1) ?? ""];
    return own.some((node) => nodes.includes(node));
  });
  return [...new Set(concerned.map(({ id }) => id))];
}
