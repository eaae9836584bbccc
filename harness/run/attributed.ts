import { groupBy } from "../core/group-by.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Path } from "../encap/path.ts";
import { backendsSeen, byBackend } from "../observe/by-backend.ts";
import type { Observations } from "../observe/observe.ts";
import { sharedBy } from "../probe/plan-shared.ts";
import { mustDie } from "../probe/sampled-paths.ts";
import type { PathCase } from "../verify/verdict.ts";
import type { Wire } from "./wire.ts";

/** What was sent and seen, with connections to Services of several backends counted for the paths to those that they went to. */
export function attributed(
  { lab, identities }: Pick<Network, "lab" | "identities">,
  wire: Wire,
  observed: Observations,
  expectations: readonly PathExpectation[],
): { readonly wire: Wire; readonly observed: Observations } {
  if (identities.shared === undefined) return { wire, observed };
  const all = wire.results.flatMap((result, index) => {
    const observation = observed.observations[index];
    return observation === undefined ? [] : [{ result, observation }];
  });
  const dying = new Set(expectations.filter(mustDie).map(({ path }) => path.id));
  const settled = byBackend(lab.plan, identities, all, dying);
  const results = settled.map(({ result }) => result);
  const observations = settled.map(({ observation }) => observation);
  return {
    wire: { ...wire, results, probes: results.map(({ probe }) => probe) },
    observed: { ...observed, observations },
  };
}

/** How many connections of each kind went to any backend of a path's Service, from its source; counted once for all paths. */
export function connectionsOf(
  observations: Observations["observations"],
): (path: Path) => NonNullable<PathCase["connections"]> {
  const shared = observations.filter(({ probe }) => probe.path.backends !== undefined);
  const groups = groupBy(shared, ({ probe }) => sharedBy(probe.path));
  const counts = new Map([...groups].map(([key, own]) => [key, countByKind(own)]));
  return (path) => counts.get(sharedBy(path)) ?? {};
}

function countByKind(observations: Observations["observations"]): NonNullable<PathCase["connections"]> {
  const seen = observations.filter((observation) => backendsSeen(observation).length > 0);
  return Object.fromEntries([...groupBy(seen, ({ probe }) => probe.kind)].map(([kind, { length }]) => [kind, length]));
}
