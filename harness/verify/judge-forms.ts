import { mostLost } from "../encap/declared-loss.ts";
import { describeForm } from "../encap/describe.ts";
import type { ExpectedDirection, ExpectedHop, Form } from "../encap/expectation.ts";
import type { HeaderVariant, ProbeObservation } from "../observe/observation.ts";
import { conclude, type Finding } from "./conclude.ts";
import { flowsOf, heardAt, legsOf, packetsInForm, resultFor, underlayHops, wentOn, type Leg } from "./path-case.ts";
import { doubtAbout } from "./tap-trust.ts";
import type { Category, PathCase, Verdict } from "./verdict.ts";
import { evidenceOf, expectedForms, nameOfTap, observedForms } from "./words.ts";

/**
 * For the directions that concern a check: at every tap between the nodes all of each probe's packets have
 * the expected form and none has another. Undefined where no direction concerns it, as of packets that must not leave their node.
 */
export function judgeForms(
  pathCase: PathCase,
  check: string,
  concerns: (expected: ExpectedDirection) => boolean,
): Verdict | undefined {
  const legs = legsOf(pathCase.expectation).filter(
    ({ expected }) => concerns(expected) && (expected.dies === undefined || underlayHops(expected).length > 0),
  );
  if (legs.length === 0) return undefined;
  const flows = flowsOf(pathCase);
  const spots = legs.flatMap((leg) =>
    underlayHops(leg.expected).flatMap((hop) => flows.map((flow): Spot => ({ pathCase, leg, hop, flow }))),
  );
  const doubts = [
    ...(spots.length === 0 ? ["no probe of the path was observed between nodes: rerun it while the taps listen"] : []),
    ...spots.flatMap(missing),
    ...legs.flatMap((leg) => underlayHops(leg.expected).flatMap(({ tap }) => doubtAbout(pathCase, tap) ?? [])),
  ];
  return conclude(pathCase, check, {
    expected: expectedForms(pathCase),
    observed: observedForms(pathCase),
    findings: spots.flatMap(wrongForms),
    doubts,
    evidence: spots.slice(0, 1).flatMap(firstPacket),
  });
}

/** One probe at one hop in one direction. */
interface Spot {
  readonly pathCase: PathCase;
  readonly leg: Leg;
  readonly hop: ExpectedHop;
  readonly flow: ProbeObservation;
}

function wrongForms({ leg, hop, flow }: Spot): readonly Finding[] {
  const { packets, variants } = heardAt(flow, leg.direction, hop.tap);
  return variants
    .filter((variant) => variant.form !== hop.form && variant.packets > 0)
    .map((variant) => ({
      category: categoryOf(variant, hop.form),
      reason:
        `${leg.direction}: ${variant.packets} of ${packets} ${flow.probe.kind} packets at ${nameOfTap(hop.tap)} were ` +
        `${describeForm(variant.form)}, not ${describeForm(hop.form)}`,
      evidence: evidenceOf(hop.tap, variant),
    }));
}

/** What must be encrypted and is not can be read, in whatever form. */
function categoryOf({ form }: HeaderVariant, expected: Form): Category {
  return form === "plain" || expected === "wireguard" ? "leak" : "needless encapsulation";
}

/** Fewer packets in the right form than were sent: "all" cannot be claimed, whoever lost them. */
function missing(spot: Spot): readonly string[] {
  const { pathCase, leg, hop, flow } = spot;
  const heard = heardAt(flow, leg.direction, hop.tap);
  const needed = neededAt(spot);
  const right = packetsInForm(heard, hop.form);
  if (right >= needed) return [];
  const name = nameOfTap(hop.tap);
  const later = wentOn(pathCase, flow, leg, hop);
  const count = right === 0 ? "none" : `only ${right}`;
  if (later > heard.packets) {
    return [
      `${leg.direction}: tap ${name} saw ${count} of the ${Math.max(later, needed)} ${flow.probe.kind} packets that went on from there, ` +
        "so it cannot be trusted: check that tcpdump listens on it, and rerun the probe",
    ];
  }
  const what = describeForm(hop.form);
  return [
    `${leg.direction}: ${count} of ${needed} ${flow.probe.kind} packets arrived at ${name} as ${what}, so their form there is ` +
      "unknown: find what drops them (see reached and conservation), and rerun the probe",
  ];
}

/** Forward every ping and datagram sent must show, backward every one answered; of TCP, whose packets nobody counts, at least one. */
function neededAt({ pathCase, leg, flow }: Spot): number {
  const isCounted = flow.probe.kind === "ping" || flow.probe.kind === "udp";
  const result = isCounted ? resultFor(pathCase, flow) : undefined;
  if (result === undefined) return 1;
  if (leg.direction === "reverse") return Math.max(1, result.received);
  // What the link loses is lost before the first tap between nodes.
  return Math.max(1, result.sent - mostLost(result.sent, leg.expected.link?.loss ?? 0));
}

function firstPacket({ leg, hop, flow }: Spot): readonly string[] {
  const [variant] = heardAt(flow, leg.direction, hop.tap).variants;
  return variant === undefined ? [] : evidenceOf(hop.tap, variant);
}
