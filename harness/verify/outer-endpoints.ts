import { describeForm } from "../encap/describe.ts";
import type { ExpectedOuter, TapId } from "../encap/expectation.ts";
import type { HeaderVariant } from "../observe/observation.ts";
import { overheadOf } from "../encap/tunnel.ts";
import { wireguardOverhead } from "../encap/wireguard.ts";
import type { Family } from "../topology/topology.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { flowsOf, heardAt, legsOf, underlayHops, type Leg } from "./path-case.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { PathCase } from "./verdict.ts";
import { evidenceOf, nameOfTap } from "./words.ts";

/** VXLAN flags of a legal packet: the I bit alone, all others reserved (RFC 7348 section 5). */
const legalFlags = 0x08;

/** The outer headers are those of the two nodes, with the mode's VNI, port, VTEP addresses and number of bytes. */
export const outerEndpoints = defineCheck({
  of: "path",
  name: "outer-endpoints",
  part: "encapsulation",
  proves:
    "outer addresses are the two nodes', VXLAN's VNI, port, flags and MACs and WireGuard's ports are right, and the overhead is the header's size",
  judge(pathCase) {
    const legs = legsOf(pathCase.expectation).filter(({ expected }) => expected.outer !== undefined);
    if (legs.length === 0) return undefined;
    const seen = legs.flatMap((leg) => tunneled(pathCase, leg));
    return conclude(pathCase, "outer-endpoints", {
      expected: legs.map((leg) => `${leg.direction} ${expectedWords(leg)}`).join("; "),
      observed: observedWords(seen),
      findings: seen.flatMap((one) => findingsOf(pathCase, one)),
      doubts: legs
        .filter(({ direction }) => !seen.some((one) => one.leg.direction === direction))
        .map(
          ({ direction }) =>
            `${direction}: no encapsulated packet was seen, so there is no outer header to judge: see reached and encapsulated`,
        ),
      evidence: seen.slice(0, 1).flatMap(({ tap, variant }) => evidenceOf(tap, variant)),
    });
  },
});

/** An encapsulated packet where it was expected to be. */
interface Tunnelled {
  readonly leg: Leg;
  readonly tap: TapId;
  readonly variant: HeaderVariant;
  /** Overhead is taken from pings only: TCP frames may be GSO-sized. */
  readonly sized: boolean;
}

function tunneled(pathCase: PathCase, leg: Leg): readonly Tunnelled[] {
  return flowsOf(pathCase).flatMap((flow) =>
    underlayHops(leg.expected).flatMap(({ tap }) =>
      heardAt(flow, leg.direction, tap)
        .variants.filter(({ form, packets }) => form === leg.expected.underlay && packets > 0)
        .map((variant) => ({ leg, tap, variant, sized: flow.probe.kind === "ping" })),
    ),
  );
}

function findingsOf({ expectation }: PathCase, { leg, tap, variant, sized }: Tunnelled): readonly Finding[] {
  const { outer } = leg.expected;
  if (outer === undefined) return [];
  const wrong = [
    ...wrongAddresses(outer, variant),
    ...wrongVxlan(outer, variant),
    ...wrongPorts(outer, variant),
    ...(sized ? wrongOverhead(expectation.path.family, variant) : []),
  ];
  return wrong.map((what) => ({
    category: "wrong outer address",
    reason: `${leg.direction} at ${nameOfTap(tap)}: ${what}`,
    evidence: evidenceOf(tap, variant),
  }));
}

function wrongAddresses(outer: ExpectedOuter, variant: HeaderVariant): readonly string[] {
  return [
    ...differing("outer source", outer.source, variant.outerSource),
    ...differing("outer destination", outer.destination, variant.outerDestination),
  ];
}

function differing(what: string, expected: string, observed = "missing"): readonly string[] {
  return isSameAddress(expected, observed) ? [] : [`${what} ${observed}, not ${expected}`];
}

function wrongVxlan({ vxlan: expected }: ExpectedOuter, { vxlan }: HeaderVariant): readonly string[] {
  if (expected === undefined) return [];
  if (vxlan === undefined) return ["no VXLAN header"];
  const compared: readonly (readonly [string, string | number, string | number])[] = [
    ["VNI", expected.vni, vxlan.vni],
    ["UDP port", expected.port, vxlan.port],
    ["VXLAN flags", hex(legalFlags), hex(vxlan.flags)],
    ["inner source MAC", expected.innerSourceMac, vxlan.innerSourceMac.toLowerCase()],
    ["inner destination MAC", expected.innerDestinationMac, vxlan.innerDestinationMac.toLowerCase()],
  ];
  return compared
    .filter(([, wanted, seen]) => wanted !== seen)
    .map(([what, wanted, seen]) => `${what} ${seen}, not ${wanted}`);
}

function wrongPorts({ wireguard: expected }: ExpectedOuter, { wireguard }: HeaderVariant): readonly string[] {
  if (expected === undefined) return [];
  const { sourcePort, port } = wireguard ?? {};
  return [
    ...(sourcePort === expected.port ? [] : [`source port ${sourcePort ?? "missing"}, not ${expected.port}`]),
    ...(port === expected.port ? [] : [`UDP port ${port ?? "missing"}, not ${expected.port}`]),
  ];
}

function wrongOverhead(family: Family, { form, overhead }: HeaderVariant): readonly string[] {
  // What another tunnel adds is not for the mode to say: that it is there is a finding of its own.
  if (form === "other") return [];
  if (form === "wireguard") return wrongPadding(family, overhead);
  const bytes = form === "plain" ? 0 : overheadOf(form, family);
  return overhead === bytes ? [] : [`overhead ${overhead} bytes, not ${bytes}`];
}

/** WireGuard's own headers, and at most 15 zeros that fill a packet up (whitepaper 5.4.6). */
function wrongPadding(family: Family, overhead: number): readonly string[] {
  const least = wireguardOverhead(family);
  const fits = overhead >= least && overhead < least + 16;
  return fits ? [] : [`overhead ${overhead} bytes, not ${least} to ${least + 15}`];
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}

function expectedWords({ expected }: Leg): string {
  const { outer, underlay } = expected;
  if (outer === undefined) return describeForm(underlay);
  const port = outer.wireguard === undefined ? "" : ` port ${outer.wireguard.port}`;
  const vni = outer.vxlan === undefined ? port : ` VNI ${outer.vxlan.vni} port ${outer.vxlan.port}`;
  return `${outer.source} > ${outer.destination} ${describeForm(underlay)}${vni}`;
}

function observedWords(seen: readonly Tunnelled[]): string {
  const texts = seen.map(({ leg, variant }) => {
    const { outerSource = "?", outerDestination = "?", vxlan, wireguard, form } = variant;
    const port = wireguard === undefined ? "" : ` port ${wireguard.port}`;
    const vni = vxlan === undefined ? port : ` VNI ${vxlan.vni} port ${vxlan.port}`;
    return `${leg.direction} ${outerSource} > ${outerDestination} ${describeForm(form)}${vni}`;
  });
  return texts.length === 0 ? "nothing encapsulated" : [...new Set(texts)].join("; ");
}
