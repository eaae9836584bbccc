import type { ProbeObservation } from "../observe/observation.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { isSameTap } from "../encap/taps.ts";
import { isOfSizes } from "../probe/probe-kinds.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { passagesOf, type Passage } from "./passage.ts";
import { flowsOf, resultFor } from "./path-case.ts";
import { isDeaf } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";
import { listOf, nameOfTap } from "./words.ts";

/** Whoever answered is the path's target: what was answered came to its tap, and its server tells its name. */
export const answeredBy = defineCheck({
  of: "path",
  name: "answered-by",
  part: "encapsulation",
  proves: "every answered request arrived at the target's own tap, and the server that answered is the target's",
  judge(pathCase) {
    const answered = pathCase.results.filter(({ probe, received }) => !isOfSizes(probe.kind) && received > 0);
    const target = targetOf(pathCase);
    if (answered.length === 0) return undefined;
    const flows = flowsOf(pathCase).filter((flow) => (resultFor(pathCase, flow)?.received ?? 0) > 0);
    const last = pathCase.expectation.forward.hops.at(-1);
    const names = [...new Set(answered.flatMap((result) => result.answeredBy ?? []))];
    return conclude(pathCase, "answered-by", {
      expected: target,
      observed: listOf(names) || "no server reported its name",
      findings: [
        ...answered.flatMap((result) => otherServer(result, target)),
        ...flows.flatMap((flow) => bypassed(pathCase, flow)),
      ],
      doubts:
        last !== undefined && isDeaf(pathCase, last.tap)
          ? [
              `the tap ${nameOfTap(last.tap)} may not be capturing, so whether requests arrived at ${target} is unknown: rerun the probe`,
            ]
          : [],
      evidence: answered.map(({ where, command }) => `${where}: ${command}`),
    });
  },
});

function targetOf({ expectation: { path } }: PathCase): string {
  return path.target.pod ?? path.target.node;
}

function otherServer({ answeredBy: name, probe, where, command }: ProbeResult, target: string): readonly Finding[] {
  if (name === undefined || name === target) return [];
  const reason = `${probe.kind} was answered by ${name === "" ? "a server without a name" : name}, not by ${target}`;
  return [{ category: "answered by another", reason, evidence: [`${where}: ${command}`] }];
}

/** Answered though the target's tap, which sees, did not see the request. */
function bypassed(pathCase: PathCase, flow: ProbeObservation): readonly Finding[] {
  const last = pathCase.expectation.forward.hops.at(-1);
  if (last === undefined || isDeaf(pathCase, last.tap)) return [];
  return passagesOf(pathCase, flow)
    .filter(({ leg }) => leg.direction === "forward")
    .filter((passage) => heardBefore(passage) && !heardLast(passage))
    .map((passage) => {
      const name = nameOfTap(last.tap);
      const reason = `${flow.probe.kind} was answered, though none of it arrived at ${name} (${targetOf(pathCase)})${seenAt(pathCase, passage)}`;
      return { category: "answered by another", reason };
    });
}

/** Heard by others than the target's tap: of a TCP connection more than its SYNs, which nobody may have answered. */
function heardBefore({ unit, parts, acks }: Passage): boolean {
  const answered = unit === "bytes" ? [...parts.filter(({ to }) => to > 1), acks] : parts;
  return answered.some(({ heard }) => heard.slice(0, -1).some((count) => count > 0));
}

function heardLast({ parts, acks }: Passage): boolean {
  return [...parts, acks].some(({ heard }) => (heard.at(-1) ?? 0) > 0);
}

/** Other pods that saw it instead. */
function seenAt({ expectation }: PathCase, { observation, flow, leg }: Passage): string {
  const elsewhere = observation.sightings
    .filter(
      ({ direction, flows }) => direction === leg.direction && flows.some((account) => account.flow.startsWith(flow)),
    )
    .map(({ tap }) => tap)
    .filter(({ device }) => device.startsWith("cali"))
    .filter((tap) => !expectation.forward.hops.some((hop) => isSameTap(hop.tap, tap)));
  return elsewhere.length === 0 ? "" : `, but to ${listOf(elsewhere.map(nameOfTap))}`;
}
