import type { ProbeResult } from "../probe/probe.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { judgeDeath } from "./judge-death.ts";
import { mayStayUnanswered } from "./declared.ts";
import { legsOf, resultFor } from "./path-case.ts";
import { trailInWords, trailOf } from "./trail.ts";
import type { PathCase } from "./verdict.ts";

/** Every request is answered; or, where packets must end on the way, they leave and end exactly there. */
export const reached = defineCheck({
  of: "path",
  name: "reached",
  part: "encapsulation",
  proves: "every request is answered, or is seen to leave and to end exactly where it must",
  judge(pathCase) {
    const dying = legsOf(pathCase.expectation).find(({ expected }) => expected.dies !== undefined);
    if (dying !== undefined) return judgeDeath(pathCase, dying);
    const asked = pathCase.results.filter(({ probe }) => probe.kind !== "mtu");
    return conclude(pathCase, "reached", {
      expected: "every request answered",
      observed: asked.map(inWords).join(", ") || "no probe ran",
      findings: asked.flatMap((result) => unanswered(pathCase, result)),
      doubts: [
        ...(asked.length === 0 ? ["no probe of this path ran: probe it"] : []),
        ...asked.filter(({ sent }) => sent === 0).map(notSent),
      ],
      evidence: asked.map(({ where, command }) => `${where}: ${command}`),
    });
  },
});

function inWords({ probe, sent, received }: ProbeResult): string {
  return `${probe.kind} ${received} of ${sent}`;
}

function notSent({ probe, where, command, exitCode, output }: ProbeResult): string {
  const last = output.trim().split("\n").at(-1) ?? "";
  return `${probe.kind} sent nothing (${where}: ${command}, exit ${exitCode}${last === "" ? "" : `, ${last}`}): repair the probe and run it again`;
}

function unanswered(pathCase: PathCase, result: ProbeResult): readonly Finding[] {
  const { probe, sent, received, errors, where, command } = result;
  if (sent === 0 || received >= sent) return [];
  if (probe.kind === "ping" && sent - received <= mayStayUnanswered(pathCase.expectation, sent)) return [];
  const what =
    received === 0
      ? `none of ${sent} ${probe.kind} requests was answered`
      : `${sent - received} of ${sent} ${probe.kind} requests got no answer`;
  return [
    {
      category: received === 0 ? "not reached" : "lost on the way",
      reason: [what, ...whereItEnded(pathCase, result)].join("; "),
      evidence: [`${where}: ${command}`, ...errors.map((line) => `  ${line}`)],
    },
  ];
}

/** Where the trail ends, if none was answered; what became of single packets is the business of conservation. */
function whereItEnded(pathCase: PathCase, result: ProbeResult): readonly string[] {
  const observation = pathCase.observations.find((candidate) => resultFor(pathCase, candidate) === result);
  if (observation === undefined || result.received > 0) return [];
  const trails = legsOf(pathCase.expectation).map((leg) => ({ leg, trail: trailOf(observation, leg) }));
  const broken = trails.find(({ trail }) => trail.missed !== undefined) ?? trails.at(-1);
  const words = broken === undefined ? [] : [trailInWords(pathCase, broken.leg, broken.trail)];
  return [...words, ...observation.icmpErrors.slice(0, 1).map(({ from, text }) => `${from} answered "${text}"`)];
}
