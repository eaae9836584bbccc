import { onceFor } from "../core/once-for.ts";
import type { TapId } from "../encap/expectation.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

/**
 * Why silence of a tap, or absence of one form there, would prove nothing; undefined where it proves.
 * A sentence that ends with what would settle it.
 */
export function doubtAbout({ health }: PathCase, tap: TapId): string | undefined {
  const name = nameOfTap(tap);
  const own = healthByTap(health).get(name);
  if (own === undefined) return `nothing was captured at ${name}: put a capture there and rerun the probe`;
  if (own.doubts.length === 0) return undefined;
  return `the capture at ${name} is in doubt (${own.doubts.join("; ")}): capture again, with a larger buffer if it dropped packets`;
}

/** Whether nobody knows that the tap sees at all: in doubt, or it saw nothing of anybody. */
export function isDeaf(pathCase: PathCase, tap: TapId): boolean {
  return doubtAbout(pathCase, tap) !== undefined || packetsOf(pathCase, tap) === 0;
}

/**
 * Like doubtAbout, for a tap at which nothing is expected. On the path's own nodes, and where its packets must end, the tap
 * itself must have seen something else to be known to see at all; elsewhere it is enough that the node's capture is
 * complete and free of doubts, which includes that it saw the marker sent at its end.
 */
export function silenceDoubt(pathCase: PathCase, tap: TapId): string | undefined {
  const doubt = doubtAbout(pathCase, tap);
  if (doubt !== undefined || !isConcerned(pathCase, tap)) return doubt;
  if (packetsOf(pathCase, tap) > 0) return undefined;
  return `the tap ${nameOfTap(tap)} saw nothing at all, so its silence proves nothing: probe also a path that crosses it`;
}

function packetsOf({ health }: PathCase, tap: TapId): number {
  return healthByTap(health).get(nameOfTap(tap))?.packets ?? 0;
}

/** Every path asks about the same taps; of two of one name the first counts. */
const healthByTap = onceFor(
  (health: PathCase["health"]) => new Map(health.toReversed().map((own) => [nameOfTap(own.tap), own])),
);

function isConcerned({ expectation }: PathCase, { node }: TapId): boolean {
  const { path, forward, reverse } = expectation;
  return [path.source.node, path.target.node, forward.dies?.node, reverse?.dies?.node].includes(node);
}
