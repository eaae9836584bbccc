import { groupBy } from "../core/group-by.ts";
import type { PathExpectation } from "../encap/expectation.ts";

/** Ids of the paths that get the probes which only some need. */
export interface SampledPaths {
  readonly mtu: ReadonlySet<string>;
  readonly sweep: ReadonlySet<string>;
}

/** The first path of every kind: of all mtu probes, between pods, and of all sweeps. Pure, and the same whatever share is asked. */
export function sampledPaths(expectations: readonly PathExpectation[], mtuPaths: "all" | "sampled"): SampledPaths {
  const alive = expectations.filter((one) => one.skip === undefined && !mustDie(one));
  const pods = alive.filter(({ path }) => path.traffic === "pod-to-pod");
  const inside = alive.filter(({ path }) => path.nodePort === undefined && path.client === undefined);
  return {
    mtu: firstOfEach(pods, ({ path: { id, source, locality, family } }) =>
      mtuPaths === "all" ? id : `${source.node} ${locality} ${family}`,
    ),
    sweep: firstOfEach(inside, ({ path: { traffic, locality, family, source } }) =>
      [traffic, locality, family, ...(mtuPaths === "all" ? [source.node] : [])].join(" "),
    ),
  };
}

/** Whether the path's packets, or the answers, are expected to be lost. */
export function mustDie(expectation: PathExpectation): boolean {
  return expectation.forward.dies !== undefined || expectation.reverse?.dies !== undefined;
}

function firstOfEach(
  expectations: readonly PathExpectation[],
  kindOf: (expectation: PathExpectation) => string,
): ReadonlySet<string> {
  return new Set(
    [...groupBy(expectations, kindOf).values()].flatMap(([first]) => (first === undefined ? [] : [first.path.id])),
  );
}
