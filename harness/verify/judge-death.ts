import type { ExpectedDeath, TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import { conclude, type Finding } from "./conclude.ts";
import { flowsOf, heardAt, resultFor, type Leg } from "./path-case.ts";
import { doubtAbout, silenceDoubt } from "./tap-trust.ts";
import { trailInWords, trailOf } from "./trail.ts";
import type { PathCase, Verdict } from "./verdict.ts";
import { evidenceOf, listOf, nameOfTap } from "./words.ts";

/**
 * Packets that must end on the way pass only when they are seen to leave and to end where they must: at
 * the last tap before their end, and at none behind it, or refused by an ICMP error from there. No answer proves nothing.
 */
export function judgeDeath(pathCase: PathCase, leg: Leg): Verdict {
  const death = leg.expected.dies ?? { node: "", because: "" };
  const flows = flowsOf(pathCase);
  const behind = tapsBehind(pathCase, leg);
  return conclude(pathCase, "reached", {
    expected: `${leg.direction} is dropped at ${death.node}: ${death.because}`,
    observed: flows.map((flow) => observed(pathCase, leg, flow)).join(", ") || "no probe was observed",
    findings: [
      ...pathCase.results.flatMap((result) => answered(pathCase, leg, result.received, result.probe.kind)),
      ...flows.flatMap((flow) => behind.flatMap((tap) => survived(leg, flow, tap))),
      ...flows.flatMap((flow) => diedEarlier(pathCase, leg, flow)),
      ...flows.flatMap((flow) => refusedInstead(pathCase, leg, flow)),
    ],
    doubts: [
      ...(flows.length === 0 ? ["no probe of this path was observed: rerun it while the taps listen"] : []),
      ...flows.flatMap((flow) => unproven(pathCase, leg, flow, death, behind)),
    ],
    evidence: flows.slice(0, 1).flatMap((flow) => lastPacket(leg, flow)),
  });
}

/** Taps between nodes that must not see the packets: all that are not on the way to their end. */
function tapsBehind({ expectation, health }: PathCase, { expected }: Leg): readonly TapId[] {
  const before = expected.hops.map(({ tap }) => tap);
  const onTheOtherWay = expectation.forward.hops.map(({ tap }) => tap);
  const known = [...expectation.silent, ...onTheOtherWay].filter(
    (tap) => !before.some((other) => isSameTap(tap, other)),
  );
  const own = health.filter(
    ({ tap }) => tap.node === expected.dies?.node && !before.some((other) => isSameTap(tap, other)),
  );
  // Pods' veths on a node at which packets are dropped are no way out of it.
  const exits = own.filter(({ tap }) => !tap.device.startsWith("cali")).map(({ tap }) => tap);
  return known.concat(exits.filter((tap) => !known.some((other) => isSameTap(tap, other))));
}

function answered(
  { expectation }: PathCase,
  { direction, expected }: Leg,
  received: number,
  kind: string,
): readonly Finding[] {
  if (received === 0) return [];
  const reason = `${direction}: ${received} ${kind} requests were answered, though packets must end at ${expected.dies?.node ?? "the router"} between ${expectation.path.source.node} and ${expectation.path.target.node}`;
  return [{ category: "leak", reason }];
}

function survived({ direction, expected }: Leg, flow: ProbeObservation, tap: TapId): readonly Finding[] {
  const { packets, variants } = heardAt(flow, direction, tap);
  if (packets === 0) return [];
  const reason = `${direction}: ${packets} ${flow.probe.kind} packets at ${nameOfTap(tap)}, behind ${expected.dies?.node ?? "their end"}`;
  return [{ category: "leak", reason, evidence: variants.slice(0, 1).flatMap((variant) => evidenceOf(tap, variant)) }];
}

/** A request to a node that has no backend for it must be dropped without a word: a load balancer shall not take a refusal for the service's. */
function refusedInstead(
  { expectation, results }: PathCase,
  { expected }: Leg,
  flow: ProbeObservation,
): readonly Finding[] {
  if (expectation.path.nodePort === undefined || results.some(({ received }) => received > 0)) return [];
  const back = flow.sightings.find(({ direction, packets }) => direction === "reverse" && packets > 0);
  const [error] = flow.icmpErrors;
  const what =
    error === undefined
      ? back && `packets came back at ${nameOfTap(back.tap)}`
      : `${error.from} answered "${error.text}"`;
  if (what === undefined) return [];
  const reason = `${expected.dies?.node ?? "the node"} refused ${flow.probe.kind} instead of dropping it: ${what}`;
  return [{ category: "leak", reason }];
}

/** Seen to leave, and ended before the place where they must: another trouble than the one expected. */
function diedEarlier(pathCase: PathCase, leg: Leg, flow: ProbeObservation): readonly Finding[] {
  const trail = trailOf(flow, leg);
  if (trail.last === undefined || trail.missed === undefined) return [];
  if (doubtAbout(pathCase, trail.missed.tap) !== undefined) return [];
  const reason = `${trailInWords(pathCase, leg, trail)}: ended before ${leg.expected.dies?.node ?? "its end"}`;
  return [{ category: "lost on the way", reason }];
}

function unproven(
  pathCase: PathCase,
  leg: Leg,
  flow: ProbeObservation,
  death: ExpectedDeath,
  behind: readonly TapId[],
): readonly string[] {
  const { last, missed } = trailOf(flow, leg);
  const kind = flow.probe.kind;
  const refused = refusal(pathCase, flow, death.node);
  if (leg.expected.hops.length === 0 && refused === undefined) {
    return [
      `${leg.direction}: ${kind} packets end in ${death.node} before any tap, and no error reports it: look at its neighbor table`,
    ];
  }
  if (missed !== undefined) {
    const seen = last === undefined ? "were seen at no tap" : `were last seen at ${nameOfTap(last.tap)}`;
    return [
      `${leg.direction}: ${kind} packets ${seen}, so nothing proves that they end at ${death.node}: check that ${nameOfTap(missed.tap)} is captured, and rerun the probe`,
    ];
  }
  if (refused !== undefined) return [];
  if (behind.length === 0)
    return [`${leg.direction}: no tap lies behind ${death.node}: capture at its other ports and rerun the probe`];
  return behind.flatMap((tap) => silenceDoubt(pathCase, tap) ?? []);
}

/** An ICMP error seen at the node where packets must end, or, where that is the source itself, told by the probe. */
function refusal(pathCase: PathCase, flow: ProbeObservation, node: string): string | undefined {
  const unreachable = /unreachable|no route/i;
  const seen = flow.icmpErrors.find(({ tap, text }) => tap.node === node && unreachable.test(text));
  if (seen !== undefined) return `${seen.from}: ${seen.text}`;
  if (node !== pathCase.expectation.path.source.node) return undefined;
  return resultFor(pathCase, flow)?.errors.find((line) => unreachable.test(line));
}

function observed(pathCase: PathCase, leg: Leg, flow: ProbeObservation): string {
  const received = resultFor(pathCase, flow)?.received ?? 0;
  const { last } = trailOf(flow, leg);
  const seen = last === undefined ? "seen at no tap" : `last seen at ${nameOfTap(last.tap)}`;
  const refused = refusal(pathCase, flow, leg.expected.dies?.node ?? "");
  return listOf([
    `${flow.probe.kind} ${seen}`,
    ...(refused === undefined ? [] : [`refused (${refused})`]),
    `${received} answered`,
  ]);
}

function lastPacket(leg: Leg, flow: ProbeObservation): readonly string[] {
  const tap = trailOf(flow, leg).last?.tap;
  if (tap === undefined) return [];
  return heardAt(flow, leg.direction, tap)
    .variants.slice(0, 1)
    .flatMap((variant) => evidenceOf(tap, variant));
}
