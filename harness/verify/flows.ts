import { isSameTap } from "../encap/taps.ts";
import type { DatagramResult } from "../probe/udp/datagram.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { partAt, passagesOf, type Passage } from "./passage.ts";
import { flowsOf, mustEnd, resultFor, underlayHops } from "./path-case.ts";
import { listOf, nameOfTap } from "./words.ts";

/** Flows that differ in nothing but their ports all pass: where ways are equal, each of them works. */
export const flows = defineCheck({
  of: "path",
  name: "flows",
  part: "encapsulation",
  proves: "flows that differ in their ports alone all pass, so that each of several equal-cost paths works",
  judge(pathCase) {
    const [observation] = flowsOf(pathCase).filter(({ probe }) => probe.kind === "udp");
    if (observation === undefined || mustEnd(pathCase)) return undefined;
    const datagrams = (resultFor(pathCase, observation)?.datagrams ?? []).filter(
      ({ refused }) => refused === undefined,
    );
    const all = [...new Set(datagrams.map(({ flow }) => flow))];
    if (all.length < 2) return undefined;
    const answered = all.filter((flow) => datagrams.some((one) => one.flow === flow && one.answered));
    return conclude(pathCase, "flows", {
      expected: `all of ${all.length} flows`,
      observed: `${answered.length} of ${all.length}`,
      findings:
        answered.length === 0 ? [] : passagesOf(pathCase, observation).flatMap((one) => brokenWays(one, datagrams)),
      doubts: answered.length === 0 ? ["no datagram was answered, so single flows are unknown: see reached"] : [],
    });
  },
});

/** How one flow fared in one direction, and the ports by which equal ways could choose where it was last seen. */
interface Fate {
  readonly tries: number;
  readonly arrived: number;
  /** The hop that saw none of it any more. */
  readonly missed: number;
  readonly ports: readonly number[];
}

/** Flows of which every try set out in this direction and none arrived, while others did. */
function brokenWays(passage: Passage, datagrams: readonly DatagramResult[]): readonly Finding[] {
  const flows = [...new Set(datagrams.map(({ flow }) => flow))];
  const fates = flows.flatMap((flow) => fateOf(passage, flow, datagrams));
  const passed = fates.filter(({ arrived }) => arrived > 0);
  const lost = fates.filter(({ tries, arrived }) => arrived === 0 && tries > 1);
  if (lost.length === 0 || passed.length === 0) return [];
  const { hops } = passage.leg.expected;
  const missed = lost
    .map((fate) => hops[fate.missed]?.tap)
    .flatMap((tap) => (tap === undefined ? [] : [nameOfTap(tap)]));
  const [lostPorts, passedPorts] = [lost, passed].map((some) => some.flatMap(({ ports }) => ports));
  const reason =
    `${passage.leg.direction}: ${lost.length} of ${fates.length} flows never arrive at ${listOf([...new Set(missed)])}, however often they try, and the others do` +
    `${portsInWords(lostPorts ?? [], passedPorts ?? [])}: looks like one member of an ECMP group or bond`;
  return [{ category: "flow-dependent loss", reason }];
}

function fateOf(passage: Passage, flow: number, datagrams: readonly DatagramResult[]): readonly Fate[] {
  const own = datagrams.filter((one) => one.flow === flow);
  const parts = own.flatMap(({ number }) => partAt(passage, number) ?? []).filter(({ start }) => start > 0);
  if (parts.length === 0) return [];
  const missed = Math.max(0, ...parts.map(({ passed }) => passed.indexOf(0)));
  return [
    {
      tries: parts.length,
      arrived: parts.filter(({ passed }) => (passed.at(-1) ?? 1) > 0).length,
      missed,
      ports: portsBetweenNodes(passage, flow),
    },
  ];
}

/** At the first tap between the nodes that saw the flow: from there on the ports by which ways are chosen stay as they are. */
function portsBetweenNodes({ observation, leg }: Passage, flow: number): readonly number[] {
  const accounts = underlayHops(leg.expected).map(({ tap }) =>
    observation.sightings
      .find((one) => one.direction === leg.direction && isSameTap(one.tap, tap))
      ?.flows.find((account) => account.flow === `udp ${flow}`),
  );
  return accounts.find((account) => account !== undefined)?.sourcePorts ?? [];
}

function portsInWords(lost: readonly number[], passed: readonly number[]): string {
  if (lost.length === 0) return "";
  return `; source ports on the wire: lost ${some(lost)}, passed ${some(passed)}${pattern(lost, passed)}`;
}

function some(ports: readonly number[]): string {
  const shown = ports.slice(0, 4).join(", ");
  return ports.length > 4 ? `${shown} …` : shown;
}

/** What the lost ports have in common and the others have not, where it is plain to see. */
function pattern(lost: readonly number[], passed: readonly number[]): string {
  if (lost.length < 2 || passed.length < 2) return "";
  for (const modulus of [2, 4, 8, 16]) {
    const rests = new Set(lost.map((port) => port % modulus));
    const others = new Set(passed.map((port) => port % modulus));
    if (rests.size !== 1 || [...rests].some((rest) => others.has(rest))) continue;
    const [rest = 0] = rests;
    if (modulus === 2) return rest === 1 ? " (lost: all odd, passed: all even)" : " (lost: all even, passed: all odd)";
    return ` (lost: all ${rest} modulo ${modulus})`;
  }
  return "";
}
