import type { TapId } from "../encap/expectation.ts";
import { legsOf } from "../verify/path-case.ts";
import { trailOf } from "../verify/trail.ts";
import type { PathCase } from "../verify/verdict.ts";

/** Where the packets of one direction of a path were seen last, and where they should have come next. */
export interface TrailEnd {
  readonly id: string;
  readonly direction: "forward" | "reverse";
  readonly last?: TapId;
  readonly missed: TapId;
}

/** Where the trails of a path's probes end; nothing where all packets came through. */
export function trailEnds({ expectation, observations }: PathCase): readonly TrailEnd[] {
  return observations.flatMap((observation) =>
    legsOf(expectation).flatMap((leg): readonly TrailEnd[] => {
      const { last, missed } = trailOf(observation, leg);
      const nothingBack = leg.direction === "reverse" && last === undefined;
      if (missed === undefined || leg.expected.dies !== undefined || nothingBack) return [];
      const { id } = expectation.path;
      return [{ id, direction: leg.direction, missed: missed.tap, ...(last === undefined ? {} : { last: last.tap }) }];
    }),
  );
}

/** Nodes and routers in which packets may have ended: they came in and were not seen to go on. */
export function endedIn({ last, missed }: TrailEnd): readonly string[] {
  return last === undefined || last.node === missed.node ? [missed.node] : [last.node, missed.node];
}
