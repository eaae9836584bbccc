import type { ExpectedHop } from "../encap/expectation.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import { heardAt, type Leg } from "./path-case.ts";
import { doubtAbout } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

/** How far the packets of a probe came in one direction, by the taps in the order of travel. */
export interface Trail {
  /** Last hop that saw any packet. */
  readonly last?: ExpectedHop;
  /** The hop after it, which should have seen them and did not. */
  readonly missed?: ExpectedHop;
}

/** Follows a probe's packets hop by hop. A tap that saw nothing while a later one did is passed over. */
export function trailOf(observation: ProbeObservation, { direction, expected }: Leg): Trail {
  const heard = expected.hops.map(({ tap }) => heardAt(observation, direction, tap).packets > 0);
  const index = heard.lastIndexOf(true);
  const last = expected.hops[index];
  const missed = expected.hops[index + 1];
  return { ...(last === undefined ? {} : { last }), ...(missed === undefined ? {} : { missed }) };
}

/** "forward: seen at tor/eth0, not at tor/eth1", with a remark where the silent tap itself is in doubt. */
export function trailInWords(pathCase: PathCase, { direction }: Leg, { last, missed }: Trail): string {
  const seen = last === undefined ? "seen at no tap" : `seen at ${nameOfTap(last.tap)}`;
  if (missed === undefined) return `${direction}: ${seen}, the last tap`;
  if (last === undefined) return `${direction}: ${seen}, not even at ${nameOfTap(missed.tap)}`;
  const doubt = doubtAbout(pathCase, missed.tap);
  const remark = doubt === undefined ? "" : ` (but ${doubt})`;
  return `${direction}: ${seen}, not at ${nameOfTap(missed.tap)}${remark}`;
}
