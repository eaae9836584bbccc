import type { ProbeResult } from "../probe/probe.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { legsOf } from "./path-case.ts";

/** Milliseconds by which ping may show less than a link holds back: it prints three digits, and rounds. */
const roundingMs = 0.5;

/** The delay that the topology gives to the path's links is really on the wire: no answer comes sooner. */
export const delay = defineCheck({
  of: "path",
  name: "delay",
  part: "encapsulation",
  proves: "no answer comes sooner than the links of the path hold packets back, as the topology says",
  judge(pathCase) {
    const declared = legsOf(pathCase.expectation).reduce((sum, { expected }) => sum + (expected.link?.delayMs ?? 0), 0);
    const pings = pathCase.results.filter(({ probe }) => probe.kind === "ping" && probe.dies !== true);
    if (declared === 0 || pings.length === 0) return undefined;
    const times = pings.flatMap(({ rttMs }) => rttMs ?? []);
    return conclude(pathCase, "delay", {
      expected: `round trips of at least ${declared} ms`,
      observed:
        times.length === 0
          ? "no answer"
          : `${Math.min(...times)}-${Math.max(...times)} ms in ${times.length} round trips`,
      findings: pings.flatMap((ping) => tooSoon(ping, declared)),
      doubts: times.length === 0 ? ["no ping was answered, so its delay is unknown: see reached"] : [],
      evidence: pings.map(({ where, command }) => `${where}: ${command}`),
    });
  },
});

function tooSoon({ rttMs = [], where, command }: ProbeResult, declared: number): readonly Finding[] {
  const early = rttMs.filter((time) => time < declared - roundingMs);
  if (early.length === 0) return [];
  const reason = `${early.length} of ${rttMs.length} answers came after ${Math.min(...early)} ms and more, and the links hold back ${declared} ms: the lab's links are not as the topology says`;
  return [{ category: "lab trouble", reason, evidence: [`${where}: ${command}`] }];
}
