import type { ExpectedHop } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { isOfSizes } from "../probe/probe-kinds.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { heardAt, legsOf, underlayHops } from "./path-case.ts";
import { doubtAbout } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

/** A packet of exactly the path's MTU passes, in fragments only where a narrow link makes them, and one byte more does not. */
export const mtu = defineCheck({
  of: "path",
  name: "mtu",
  part: "mtu",
  proves:
    "a packet of exactly the path's MTU passes, uncut unless the topology has a narrow link, and one byte more does not",
  judge(pathCase) {
    const probes = pathCase.results.filter(({ probe }) => probe.kind === "mtu");
    const delivered = legsOf(pathCase.expectation).every(({ expected }) => expected.dies === undefined);
    if (probes.length === 0 || !delivered) return undefined;
    const size = sizeOf(pathCase);
    return conclude(pathCase, "mtu", {
      expected: `${size} bytes pass${cutWords(pathCase)}, ${size + 1} do not`,
      observed: probes.map((result) => observedWords(size, result)).join("; "),
      findings: isDead(pathCase)
        ? []
        : [...probes.flatMap((result) => findingsOf(pathCase, result)), ...fragmentFindings(pathCase)],
      doubts: [
        ...deadDoubt(pathCase),
        ...probes.flatMap((result) => doubtsOf(size, result)),
        ...fragmentDoubts(pathCase),
      ],
      evidence: probes.flatMap(evidenceOfProbe),
    });
  },
});

/** No small ping was answered, or nothing at all: then that a full one was not says nothing of sizes. */
function isDead({ results }: PathCase): boolean {
  const others = results.filter(({ probe, sent }) => !isOfSizes(probe.kind) && sent > 0);
  const pings = others.filter(({ probe }) => probe.kind === "ping");
  const asked = pings.length > 0 ? pings : others;
  return asked.length > 0 && asked.every(({ received }) => received === 0);
}

function deadDoubt(pathCase: PathCase): readonly string[] {
  return isDead(pathCase)
    ? ["no small packet was answered on this path either, so sizes are unknown: see reached"]
    : [];
}

/** The pods' MTU, or less where a link on the way carries less. */
function sizeOf({ expectation: { podMtu, pathMtu = podMtu } }: PathCase): number {
  return pathMtu;
}

function cutWords({ expectation: { fragments = [] } }: PathCase): string {
  const [first] = fragments;
  return first === undefined ? "" : ` in fragments from ${nameOfTap(first)} on`;
}

function observedWords(size: number, result: ProbeResult): string {
  if (result.mtu === undefined) return "no answer for these sizes";
  const passed = (yes: boolean): string => (yes ? "passed" : "did not");
  return `${result.probe.mtu ?? size} bytes ${passed(result.mtu.fits)}, ${(result.probe.mtu ?? size) + 1} ${passed(result.mtu.oneMore)}`;
}

function findingsOf(pathCase: PathCase, result: ProbeResult): readonly Finding[] {
  const size = sizeOf(pathCase);
  const whose = size === pathCase.expectation.podMtu ? "pods'" : "path's";
  const evidence = evidenceOfProbe(result);
  const finding = (reason: string): Finding => ({ category: "wrong MTU", reason, evidence });
  return [
    ...(result.mtu?.fits === false && !passedAsDatagram(pathCase, size)
      ? [finding(`forward: a packet of ${size} bytes, the ${whose} MTU, did not pass`)]
      : []),
    ...(result.mtu?.oneMore === true
      ? [finding(`forward: a packet of ${size + 1} bytes passed, so the ${whose} MTU is larger than ${size}`)]
      : []),
  ];
}

/** One ping is soon lost by chance; where another packet of the same size came through, size is not the reason. */
function passedAsDatagram({ results }: PathCase, size: number): boolean {
  return results.some(({ datagrams = [] }) => datagrams.some(({ bytes, answered }) => answered && bytes === size));
}

/** One place between the nodes, and how the probe's full packets showed there. */
interface Spot {
  readonly hop: ExpectedHop;
  readonly packets: number;
  readonly cut: number;
  readonly mustBeCut: boolean;
}

function spotsOf({ expectation, observations }: PathCase): readonly Spot[] {
  const flows = observations.filter(({ probe }) => probe.kind === "mtu");
  return flows.flatMap((flow) =>
    underlayHops(expectation.forward).map((hop): Spot => {
      const { packets, variants } = heardAt(flow, "forward", hop.tap);
      const cut = variants
        .filter(({ fragment }) => fragment === true)
        .reduce((sum, variant) => sum + variant.packets, 0);
      const mustBeCut = (expectation.fragments ?? []).some((tap) => isSameTap(tap, hop.tap));
      return { hop, packets, cut, mustBeCut };
    }),
  );
}

/** ping itself cannot tell: a packet that was cut on the way and put together again is answered like any other. */
function fragmentFindings(pathCase: PathCase): readonly Finding[] {
  const size = sizeOf(pathCase);
  return spotsOf(pathCase).flatMap(({ hop, packets, cut, mustBeCut }): readonly Finding[] => {
    const name = nameOfTap(hop.tap);
    const finding = (reason: string): readonly Finding[] => [{ category: "wrong MTU", reason }];
    if (!mustBeCut && cut > 0)
      return finding(
        `forward: a packet of ${size} bytes passed ${name} in fragments: the underlay is too small for the pods' MTU`,
      );
    if (mustBeCut && packets > cut)
      return finding(`forward: a packet of ${size} bytes passed ${name} whole, where the link carries less`);
    return [];
  });
}

/** Where fragments are what is claimed, they must have been seen. */
function fragmentDoubts(pathCase: PathCase): readonly string[] {
  return spotsOf(pathCase).flatMap(({ hop, packets, mustBeCut }) => {
    if (!mustBeCut || packets > 0) return [];
    const doubt = doubtAbout(pathCase, hop.tap) ?? `nothing of the MTU probe was seen at ${nameOfTap(hop.tap)}`;
    return [`${doubt}, so fragmentation is unknown: rerun the probe`];
  });
}

function doubtsOf(size: number, { mtu: sizes, probe }: ProbeResult): readonly string[] {
  if (sizes === undefined) return ["the MTU probe did not complete: see its output, and rerun it"];
  if (probe.mtu !== undefined && probe.mtu !== size)
    return [`the probe tried ${probe.mtu} bytes, not ${size}: rerun the probe with that size`];
  return [];
}

function evidenceOfProbe({ where, command, errors }: ProbeResult): readonly string[] {
  return [`${where}: ${command}`, ...errors.map((line) => `  ${line}`)];
}
