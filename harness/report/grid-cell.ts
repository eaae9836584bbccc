import type { Traffic } from "../encap/path.ts";
import type { Family } from "../topology/topology.ts";
import type { Status } from "../verify/verdict.ts";
import { formName } from "./form-name.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { seenInstead } from "./seen-instead.ts";
import { marks } from "./style.ts";

/** One path in a grid of sources and targets. */
export interface GridCell {
  readonly traffic: Traffic;
  readonly family: Family;
  readonly source: string;
  readonly target: string;
  /** What must be; "-" where nothing is due. */
  readonly form: string;
  /** What was seen in its place, or what else is wrong: "→VXLAN", " MTU"; "" where nothing is. */
  readonly seen: string;
  readonly status: Status;
}

/** The cells of outcomes on paths. */
export function cellsOf(outcomes: readonly PathOutcome[]): readonly GridCell[] {
  return outcomes.flatMap((outcome) => {
    const { path, status } = outcome;
    if (path === undefined) return [];
    const { traffic, family, source, target, nodePort, backends, service } = path.expectation.path;
    const form = formName(path.expectation);
    const to = path.expectation.path.targetName ?? target.node;
    // "client->a1" where a NodePort of a1 was dialed, "a1->web" where one of several backends answers.
    const by = nodePort?.node ?? (backends === undefined ? undefined : service);
    const from = by === undefined ? source.node : `${source.node}->${by}`;
    return [{ traffic, family, source: from, target: to, form, seen: seenInstead(outcome), status }];
  });
}

/** "plain→VXLAN ✘" */
export function cellText({ form, seen, status }: Pick<GridCell, "form" | "seen" | "status">): string {
  return form === "-" ? marks[status] : `${form}${seen} ${marks[status]}`;
}
