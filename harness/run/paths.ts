import { UsageError } from "../core/errors.ts";
import { enumeratePaths, selectPaths, shardPaths, type Profile } from "../encap/enumerate.ts";
import type { Mode } from "../encap/mode.ts";
import type { Path } from "../encap/path.ts";
import type { Plan } from "../topology/plan.ts";
import type { Verdict } from "../verify/verdict.ts";
import { brokenPromises, promisedAndLacking, type Suite } from "./suite.ts";

/** Which paths a run is about. */
export interface PathChoice {
  readonly plan: Plan;
  readonly profile: Profile;
  readonly paths: readonly string[];
  readonly shard?: string;
  /** Turns the choice among each node's pods; missing = the first of each. */
  readonly turn?: number;
}

/** The paths of one mode after patterns and shard; patterns must match something, a shard may come out empty. */
export function pathsFor(mode: Mode, choice: PathChoice): readonly Path[] {
  const all = enumeratePaths(choice.plan, mode, choice.profile, choice.turn);
  return shardPaths(selectPaths(all, choice.paths), choice.shard);
}

/**
 * Throws a UsageError when a pattern matches nothing, and when the topology lacks a class of paths that a suite promises
 * here. Whoever selects paths by pattern or shard has asked for less, and gets it; nodes that were found cannot be chosen.
 */
export function requirePromisedPaths(modes: readonly Mode[], choice: PathChoice, suites: readonly Suite[]): void {
  const chosen = modes.map((mode) => ({ mode, paths: pathsFor(mode, choice) }));
  if (choice.paths.length > 0 || choice.shard !== undefined || choice.plan.topology.asFound === true) return;
  const broken = chosen.flatMap(({ mode, paths }) => brokenPromises(mode.id, suites, paths));
  if (broken.length === 0) return;
  throw new UsageError(`on topology ${choice.plan.topology.name}: ${broken.join("; ")}`, {
    fix: "take a topology with such paths (two-racks), another mode, or select paths with --paths",
  });
}

/** What suites promise of a mode and nodes that were found as they are cannot show, as a cluster in one subnet: said, never taken for proven. */
export function unprovenVerdicts(mode: Mode, choice: PathChoice, suites: readonly Suite[]): readonly Verdict[] {
  if (choice.plan.topology.asFound !== true || choice.paths.length > 0 || choice.shard !== undefined) return [];
  const lacking = new Set(promisedAndLacking(mode.id, suites, pathsFor(mode, choice)).map(({ locality }) => locality));
  const subnets = choice.plan.topology.subnets.map(({ name }) => name).join(", ");
  return [...lacking].map((locality) => ({
    id: `${mode.id}/not-proven/${locality}`,
    check: "not-proven",
    status: "skip",
    expected: `${locality} paths`,
    observed: "none",
    reason: `${locality} not proven: the nodes have no such path (subnets: ${subnets})`,
    evidence: [],
  }));
}
