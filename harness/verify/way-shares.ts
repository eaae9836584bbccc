import type { TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { Direction, TapSighting } from "../observe/observation.ts";
import { flowsOf, type Leg } from "./path-case.ts";
import type { PathCase } from "./verdict.ts";
import { listOf } from "./words.ts";

/** What one of several equal-cost ways got of a path's packets in one direction, and what it passed on. */
export interface WayShare {
  /** Its routers. */
  readonly name: string;
  readonly first: TapId;
  readonly last: TapId;
  readonly came: number;
  readonly left: number;
  /** Source ports of the outermost header, where there are any. */
  readonly ports: readonly number[];
}

/** How the packets of one direction of a path were shared among ways of equal cost. */
export interface Shares {
  readonly direction: Direction;
  /** Where the way is chosen. */
  readonly from: TapId;
  readonly sent: number;
  readonly ports: readonly number[];
  readonly ways: readonly WayShare[];
}

/** The shares of a direction's ways; undefined where there is one way, and where nothing came to where it is chosen. Pure. */
export function sharesOf(pathCase: PathCase, { direction, expected: { equalWays } }: Leg): Shares | undefined {
  if (equalWays === undefined) return undefined;
  const seen = flowsOf(pathCase).flatMap(({ sightings }) => sightings.filter((one) => one.direction === direction));
  const at = (tap: TapId): readonly TapSighting[] => seen.filter((one) => isSameTap(one.tap, tap));
  const sent = packetsOf(at(equalWays.from));
  if (sent === 0) return undefined;
  const ways = equalWays.ways.flatMap((taps): readonly WayShare[] => {
    const [first, last] = [taps[0], taps.at(-1)];
    if (first === undefined || last === undefined) return [];
    const name = listOf([...new Set(taps.map(({ node }) => node))]);
    return [{ name, first, last, came: packetsOf(at(first)), left: packetsOf(at(last)), ports: portsOf(at(first)) }];
  });
  return { direction, from: equalWays.from, sent, ports: portsOf(at(equalWays.from)), ways };
}

function packetsOf(sightings: readonly TapSighting[]): number {
  return sightings.reduce((sum, { packets }) => sum + packets, 0);
}

function portsOf(sightings: readonly TapSighting[]): readonly number[] {
  const ports = sightings.flatMap(({ flows }) => flows.flatMap(({ sourcePorts }) => sourcePorts));
  return [...new Set(ports)].sort((a, b) => a - b);
}
