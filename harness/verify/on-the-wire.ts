import { patienceMs } from "../probe/probe-command.ts";
import { mayBeLostBefore } from "./declared.ts";
import { balanceAt } from "./hop-balance.ts";
import { passagesOf, type Passage } from "./passage.ts";
import { isDeaf } from "./tap-trust.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import type { PathCase } from "./verdict.ts";

/** How many of a probe's requests were answered as far as the last tap of the way back saw; undefined where it may not see. */
export function answersOnTheWire(pathCase: PathCase, observation: ProbeObservation): number | undefined {
  const back = backOf(passagesOf(pathCase, observation));
  const last = pathCase.expectation.reverse?.hops.at(-1);
  if (last === undefined || isDeaf(pathCase, last.tap)) return undefined;
  return back.reduce(
    (sum, { parts }) =>
      sum + parts.reduce((all, { from, to, heard }) => all + ((heard.at(-1) ?? 0) > 0 ? to - from : 0), 0),
    0,
  );
}

/** Whether the last answer came to the last tap later than ping waits for it. */
export function cameTooLate(pathCase: PathCase, observation: ProbeObservation): boolean {
  const passages = passagesOf(pathCase, observation);
  const asked = passages.find(({ leg }) => leg.direction === "forward")?.accounts[0]?.lastAt;
  const answered = backOf(passages)[0]?.accounts.at(-1)?.lastAt;
  return asked !== undefined && answered !== undefined && (answered - asked) * 1000 >= patienceMs(observation.probe);
}

/** Whether a TCP flow came through as far as it went: something came back, and no hop lost more than the topology says. */
export function isUnhurt(pathCase: PathCase, observation: ProbeObservation): boolean {
  const passages = passagesOf(pathCase, observation);
  const wasAnswered = backOf(passages).some(({ accounts }) => accounts.at(-1) !== undefined);
  return wasAnswered && passages.every((passage) => lostNothing(passage));
}

/**
 * Milliseconds from the first SYN that the first tap saw to its answer at the same end; undefined where either was not seen, or where a SYN was
 * sent again, which the taps account for.
 */
export function connectMsOnTheWire(pathCase: PathCase, observation: ProbeObservation): number | undefined {
  const passages = passagesOf(pathCase, observation);
  const [asked, again] = passages.find(({ leg }) => leg.direction === "forward")?.accounts[0]?.openings ?? [];
  const answered = backOf(passages)[0]?.accounts.at(-1)?.openings[0];
  if (asked === undefined || again !== undefined || answered === undefined) return undefined;
  return (answered - asked) * 1000;
}

function backOf(passages: readonly Passage[]): readonly Passage[] {
  return passages.filter(({ leg }) => leg.direction === "reverse");
}

function lostNothing(passage: Passage): boolean {
  return passage.leg.expected.hops.every((hop, index) => {
    const { packets } = balanceAt(passage, index);
    return packets.lost <= mayBeLostBefore(passage.leg, hop, packets.of);
  });
}
