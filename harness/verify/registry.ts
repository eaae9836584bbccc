import { answeredBy } from "./answered-by.ts";
import { bgp } from "./bgp.ts";
import type { Check, Part } from "./check.ts";
import { checksums } from "./checksums.ts";
import { conservation } from "./conservation.ts";
import { connectionTracking } from "./connection-tracking.ts";
import { controlPlane } from "./control-plane.ts";
import { delay } from "./delay.ts";
import { encapsulated } from "./encapsulated.ts";
import { equalWays } from "./equal-ways.ts";
import { flows } from "./flows.ts";
import { interfaceErrors } from "./interface-errors.ts";
import { mss } from "./mss.ts";
import { mtu } from "./mtu.ts";
import { neighbors } from "./neighbors.ts";
import { nextHopMac } from "./next-hop-mac.ts";
import { noLeak } from "./no-leak.ts";
import { notEncapsulated } from "./not-encapsulated.ts";
import { outerEndpoints } from "./outer-endpoints.ts";
import { outerHeader } from "./outer-header.ts";
import { pathMtu } from "./path-mtu.ts";
import { reached } from "./reached.ts";
import { sentinel } from "./sentinel.ts";
import { shares } from "./shares.ts";
import { sizes } from "./sizes.ts";
import { sourceAddress } from "./source-address.ts";
import { steady } from "./steady.ts";
import { symmetry } from "./symmetry.ts";

/**
 * Every check there is, causes before their consequences: the first failed one heads the report. To add one, add a file and
 * a line: its name, its place in run.json's schema and the suites that ask it follow from here.
 */
export const checks = [
  encapsulated,
  notEncapsulated,
  noLeak,
  symmetry,
  outerEndpoints,
  outerHeader,
  checksums,
  sourceAddress,
  answeredBy,
  shares,
  reached,
  equalWays,
  flows,
  sizes,
  conservation,
  mtu,
  pathMtu,
  mss,
  delay,
  sentinel,
  nextHopMac,
  controlPlane,
  neighbors,
  connectionTracking,
  interfaceErrors,
  steady,
  bgp,
] as const satisfies readonly Check[];

/** Name of a check of the registry. */
export type CheckName = (typeof checks)[number]["name"];

/** The checks that suites about a part ask. */
export function checksOf(part: Part): readonly CheckName[] {
  return checks.filter((check) => check.part === part).map(({ name }) => name);
}

/** A check by its name, or itself where a suite brings its own; throws where that has the name of one of these. */
export function checkOf(check: CheckName | Check): Check {
  const name = typeof check === "string" ? check : check.name;
  const known: Check | undefined = checks.find((candidate) => candidate.name === name);
  if (typeof check !== "string" && known !== undefined && known !== check) {
    throw new Error(`there is a check "${name}" already: give yours another name`);
  }
  if (known !== undefined) return known;
  if (typeof check === "string") throw new Error(`there is no check "${check}"`);
  return check;
}
