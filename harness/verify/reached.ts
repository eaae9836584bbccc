import { groupBy } from "../core/group-by.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { judgeDeath } from "./judge-death.ts";
import { mayStayUnanswered } from "./declared.ts";
import { answersOnTheWire, cameTooLate, connectMsOnTheWire, isUnhurt } from "./on-the-wire.ts";
import { legsOf, resultFor } from "./path-case.ts";
import { trailInWords, trailOf } from "./trail.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import { isOfSizes } from "../probe/probe-kinds.ts";
import type { PathCase } from "./verdict.ts";

/**
 * Every request is answered; or, where packets must end on the way, they leave and end exactly there. The last tap decides what was
 * delivered: what ping, curl or iperf3 count for themselves and the wire contradicts is a doubt.
 */
export const reached = defineCheck({
  of: "path",
  name: "reached",
  part: "encapsulation",
  proves: "every request is answered, or is seen to leave and to end exactly where it must",
  judge(pathCase) {
    const dying = legsOf(pathCase.expectation).find(({ expected }) => expected.dies !== undefined);
    if (dying !== undefined) return judgeDeath(pathCase, dying);
    const answers = pathCase.results
      .filter(({ probe }) => !isOfSizes(probe.kind))
      .map((result) => answerOf(pathCase, result));
    return conclude(pathCase, "reached", {
      expected: "every request answered",
      observed:
        [...groupBy(answers, ({ result }) => result.probe.kind).values()].map(inWords).join(", ") || "no probe ran",
      findings: answers.flatMap((answer) => unanswered(pathCase, answer)),
      doubts: [...(answers.length === 0 ? ["no probe of this path ran: run one"] : []), ...answers.flatMap(doubtsOf)],
      evidence: answers.map(({ result: { where, command } }) => `${where}: ${command}`),
    });
  },
});

/** What a probing program reported, beside what the wire showed of it. */
interface Answer {
  readonly result: ProbeResult;
  readonly observation?: ProbeObservation;
  /** Requests that were answered: by the program's word or, where it counts less, by the last tap's. */
  readonly answered: number;
  /** Why the program's own count is not believed. */
  readonly doubt?: string;
}

function answerOf(pathCase: PathCase, result: ProbeResult): Answer {
  const observation = pathCase.observations.find((candidate) => resultFor(pathCase, candidate) === result);
  const { sent, received } = result;
  if (observation === undefined) return { result, answered: received };
  const base = { result, observation };
  if (received >= sent) return { ...base, answered: received, ...doubtful(lateConnection(pathCase, base)) };
  return result.probe.kind === "ping" ? pingAnswer(pathCase, base) : flowAnswer(pathCase, base);
}

interface Observed {
  readonly result: ProbeResult;
  readonly observation: ProbeObservation;
}

/** ping stops to wait some time after its last request (iputils ignores -W once it had an answer), and a busy machine is late. */
function pingAnswer(pathCase: PathCase, { result, observation }: Observed): Answer {
  const { sent, received } = result;
  const heard = answersOnTheWire(pathCase, observation) ?? received;
  const base = { result, observation };
  const isLate = cameTooLate(pathCase, observation);
  const isDeclared = sent - received <= mayStayUnanswered(pathCase.expectation, sent);
  if (isDeclared || heard <= received || (received === 0 && !isLate)) return { ...base, answered: received };
  const why = isLate ? "the last came later than ping waits" : "ping itself may have been late";
  const doubt = `ping counted ${received} of ${sent} answers, and ${heard} arrived at the last tap: ${why}; rerun the probe`;
  return { ...base, answered: heard, doubt };
}

/** curl and iperf3 that were killed say nothing of the network while all that they sent came through. */
function flowAnswer(pathCase: PathCase, base: Observed): Answer {
  const { probe, exitCode, received, sent } = base.result;
  if (exitCode <= 128 || !isUnhurt(pathCase, base.observation)) return { ...base, answered: received };
  const doubt = `${probe.kind} was ended by signal ${exitCode - 128}, and nothing of what it had sent was lost: rerun the probe`;
  return { ...base, answered: sent, doubt };
}

/** Milliseconds until a SYN is sent again (RFC 6298 2.1: 1 s), less some slack. */
const repetitionMs = 900;

function lateConnection(pathCase: PathCase, { result, observation }: Observed): string | undefined {
  const { connectMs = 0, probe } = result;
  const onTheWire = connectMsOnTheWire(pathCase, observation);
  if (onTheWire === undefined || connectMs - onTheWire < repetitionMs) return undefined;
  return (
    `${probe.kind} needed ${(connectMs / 1000).toFixed(1)} s to connect, and the SYN that the first tap saw was answered after ${onTheWire.toFixed(1)} ms: ` +
    "an earlier one was lost before that tap, or this machine was busy; rerun the probe"
  );
}

function doubtful(doubt: string | undefined): Pick<Answer, "doubt"> {
  return doubt === undefined ? {} : { doubt };
}

function doubtsOf({ result, doubt }: Answer): readonly string[] {
  return [...(result.sent === 0 ? [notSent(result)] : []), ...(doubt === undefined ? [] : [doubt])];
}

/** Of one kind: "curl 1 of 1". */
function inWords(answers: readonly Answer[]): string {
  const total = (count: (result: ProbeResult) => number): number =>
    answers.reduce((sum, { result }) => sum + count(result), 0);
  return `${answers[0]?.result.probe.kind ?? ""} ${total(({ received }) => received)} of ${total(({ sent }) => sent)}`;
}

function notSent({ probe, where, command, exitCode, output }: ProbeResult): string {
  const last = output.trim().split("\n").at(-1) ?? "";
  return `${probe.kind} sent nothing (${where}: ${command}, exit ${exitCode}${last === "" ? "" : `, ${last}`}): repair the probe and run it again`;
}

function unanswered(pathCase: PathCase, answer: Answer): readonly Finding[] {
  const { answered, result } = answer;
  const { probe, sent, errors, where, command } = result;
  if (sent === 0 || answered >= sent) return [];
  if (probe.kind === "ping" && sent - answered <= mayStayUnanswered(pathCase.expectation, sent)) return [];
  const what =
    answered === 0
      ? `none of ${sent} ${probe.kind} requests was answered`
      : `${sent - answered} of ${sent} ${probe.kind} requests got no answer`;
  return [
    {
      category: answered === 0 ? "not reached" : "lost on the way",
      reason: [what, ...whereItEnded(pathCase, answer)].join("; "),
      evidence: [`${where}: ${command}`, ...errors.map((line) => `  ${line}`)],
    },
  ];
}

/** Where the trail ends, if none was answered; what became of single packets is the business of conservation. */
function whereItEnded(pathCase: PathCase, { observation, answered }: Answer): readonly string[] {
  if (observation === undefined || answered > 0) return [];
  const trails = legsOf(pathCase.expectation).map((leg) => ({ leg, trail: trailOf(observation, leg) }));
  const broken = trails.find(({ trail }) => trail.missed !== undefined) ?? trails.at(-1);
  const words = broken === undefined ? [] : [trailInWords(pathCase, broken.leg, broken.trail)];
  return [...words, ...observation.icmpErrors.slice(0, 1).map(({ from, text }) => `${from} answered "${text}"`)];
}
