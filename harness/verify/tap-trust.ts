import type { TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

/**
 * Why silence of a tap, or absence of one form there, would prove nothing; undefined where it proves (DESIGN rule 7.3).
 * A sentence that ends with what would settle it.
 */
export function doubtAbout({ health }: PathCase, tap: TapId): string | undefined {
  const name = nameOfTap(tap);
  const own = health.find((candidate) => isSameTap(candidate.tap, tap));
  if (own === undefined) return `nothing was captured at ${name}: put a capture there and probe again`;
  if (own.doubts.length === 0) return undefined;
  return `the capture at ${name} is in doubt (${own.doubts.join("; ")}): capture again, with a larger buffer if it dropped packets`;
}

/** Like doubtAbout, for a tap at which nothing is expected: it must have heard something else to be known to hear at all. */
export function silenceDoubt(pathCase: PathCase, tap: TapId): string | undefined {
  const doubt = doubtAbout(pathCase, tap);
  if (doubt !== undefined) return doubt;
  const packets = pathCase.health.find((candidate) => isSameTap(candidate.tap, tap))?.packets ?? 0;
  if (packets > 0) return undefined;
  return `the tap ${nameOfTap(tap)} heard nothing at all, so its silence proves nothing: send anything past it while it listens`;
}
