import { groupBy } from "../core/group-by.ts";
import type { Identities } from "../encap/identity.ts";
import type { Path } from "../encap/path.ts";
import { siblingTo } from "../encap/shared-paths.ts";
import { sharedBy } from "../probe/plan-shared.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Plan } from "../topology/plan.ts";
import type { ProbeObservation } from "./observation.ts";

/** A probe as its sender reported it and as the wire showed it. */
export interface Witnessed {
  readonly result: ProbeResult;
  readonly observation: ProbeObservation;
}

/** Addresses that a probe's requests had behind the translation of the Service that they went to; [] where none was seen there. */
export function backendsSeen({ probe, sightings }: ProbeObservation): readonly string[] {
  const variants = sightings
    .filter(({ direction }) => direction === "forward")
    .flatMap((sighting) => sighting.variants);
  const addresses = variants.map(({ destination }) => destination);
  return [...new Set(addresses)].filter((address) => !isSameAddress(address, probe.dials));
}

/**
 * Counts each connection to a Service with several backends for the path to that backend which the wire shows it went to, so that it is
 * judged by what must become of it on this way; where no tap saw it, to that which answered. One that went to nobody's address counts for a
 * backend that gets no connection, in whose place it probably went; one of which nobody knows anything for a path whose packets must end
 * (`dying`: ids of those), or for that on the node which it never left, where there is one. All else stays. Pure.
 */
export function byBackend(
  plan: Plan,
  identities: Identities,
  all: readonly Witnessed[],
  dying: ReadonlySet<string>,
): readonly Witnessed[] {
  const groups = groupBy(
    all.filter(({ observation: { probe } }) => probe.path.backends !== undefined),
    ({ observation: { probe } }) => sharedBy(probe.path),
  );
  const paths = new Map<Witnessed, Path>();
  for (const group of groups.values()) {
    const ways = waysFrom(plan, identities, group[0]?.observation.probe.path);
    const found = group.map((one) => [one, wayOf(one, ways)] as const);
    const taken = new Set(found.map(([, way]) => way));
    const idle = ways.find((way) => !taken.has(way));
    const deadly = ways.find(({ path }) => dying.has(path.id));
    const local = ways.find(({ path }) => path.locality === "same-node");
    const otherwise = ({ observation }: Witnessed): Way | undefined => {
      if (backendsSeen(observation).length > 0) return idle;
      return deadly ?? (hasLeft(observation) ? undefined : local);
    };
    for (const [one, way = otherwise(one)] of found) if (way !== undefined) paths.set(one, way.path);
  }
  return all.map((one) => onPath(one, paths.get(one)));
}

function wayOf({ result, observation }: Witnessed, ways: readonly Way[]): Way | undefined {
  const seen = backendsSeen(observation);
  if (seen.length === 0) return ways.find(({ path }) => path.target.pod === result.answeredBy);
  return ways.find(({ address }) => seen.some((own) => isSameAddress(own, address)));
}

/** Whether packets showed anywhere but at pods' own devices; those that did not can only have been for a pod of the node. */
function hasLeft({ sightings }: ProbeObservation): boolean {
  const there = sightings.filter(({ direction }) => direction === "forward");
  return there.length === 0 || there.some(({ tap }) => !tap.device.startsWith("cali"));
}

interface Way {
  readonly address: string;
  readonly path: Path;
}

function waysFrom(plan: Plan, identities: Identities, path: Path | undefined): readonly Way[] {
  const shared = identities.shared?.find(({ name }) => name === path?.service);
  return (shared?.backends ?? []).flatMap((backend) => {
    const address = path && identities.pods.find(({ name }) => name === backend)?.addresses[path.family];
    const sibling = path && siblingTo(plan, path, backend);
    return address === undefined || sibling === undefined ? [] : [{ address, path: sibling }];
  });
}

function onPath(one: Witnessed, path: Path | undefined): Witnessed {
  if (path === undefined) return one;
  const { result, observation } = one;
  const probe = { ...observation.probe, path };
  return { result: { ...result, probe }, observation: { ...observation, probe } };
}
