import type { ProbeResult } from "../probe/probe.ts";
import { conclude, type Finding } from "./conclude.ts";
import { legsOf } from "./path-case.ts";
import type { Check } from "./verdict.ts";

/** A packet of exactly the pod MTU passes unfragmented, and one byte more does not. */
export const mtu: Check = {
  name: "mtu",
  proves: "a packet of exactly the pods' MTU passes without fragmentation, and one byte more does not",
  judge(pathCase) {
    const probes = pathCase.results.filter(({ probe }) => probe.kind === "mtu");
    const delivered = legsOf(pathCase.expectation).every(({ expected }) => expected.dies === undefined);
    if (probes.length === 0 || !delivered) return undefined;
    const { podMtu } = pathCase.expectation;
    return conclude(pathCase, "mtu", {
      expected: `${podMtu} bytes pass, ${podMtu + 1} do not`,
      observed: probes.map((result) => observedWords(podMtu, result)).join("; "),
      findings: probes.flatMap((result) => findingsOf(podMtu, result)),
      doubts: probes.flatMap((result) => doubtsOf(podMtu, result)),
      evidence: probes.flatMap(evidenceOfProbe),
    });
  },
};

function observedWords(podMtu: number, result: ProbeResult): string {
  if (result.mtu === undefined) return "no answer about sizes";
  const passed = (yes: boolean): string => (yes ? "passed" : "did not");
  return `${result.probe.mtu ?? podMtu} bytes ${passed(result.mtu.fits)}, ${(result.probe.mtu ?? podMtu) + 1} ${passed(result.mtu.oneMore)}`;
}

function findingsOf(podMtu: number, result: ProbeResult): readonly Finding[] {
  const evidence = evidenceOfProbe(result);
  const finding = (reason: string): Finding => ({ category: "wrong MTU", reason, evidence });
  return [
    ...(result.mtu?.fits === false
      ? [finding(`forward: a packet of ${podMtu} bytes, the pods' MTU, did not pass`)]
      : []),
    ...(result.mtu?.oneMore === true
      ? [finding(`forward: a packet of ${podMtu + 1} bytes passed, so the pods' MTU is larger than ${podMtu}`)]
      : []),
  ];
}

function doubtsOf(podMtu: number, { mtu: sizes, probe }: ProbeResult): readonly string[] {
  if (sizes === undefined) return ["the MTU probe did not run to its end: see its output, and probe again"];
  if (probe.mtu !== undefined && probe.mtu !== podMtu)
    return [`the probe tried ${probe.mtu} bytes, not ${podMtu}: probe again with the pods' MTU`];
  return [];
}

function evidenceOfProbe({ where, command, errors }: ProbeResult): readonly string[] {
  return [`${where}: ${command}`, ...errors.map((line) => `  ${line}`)];
}
