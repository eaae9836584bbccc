import { describeForm } from "../encap/describe.ts";
import type { ObservedForm, TapId } from "../encap/expectation.ts";
import type { HeaderVariant } from "../observe/observation.ts";
import { flowsOf, heardAt, legsOf, resultFor, underlayHops, type Leg } from "./path-case.ts";
import type { PathCase } from "./verdict.ts";

/** A tap as people write it: `tor/eth1`. */
export function nameOfTap({ node, device }: TapId): string {
  return `${node}/${device}`;
}

/** "a1/eth0, tor/eth0 and tor/eth1" */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** "1 node", "2 nodes" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A packet that proves a finding: where it was seen, its file and number, its layers. */
export function evidenceOf(tap: TapId, { firstPacket }: HeaderVariant): readonly string[] {
  const { file, number, lines } = firstPacket;
  return [`${nameOfTap(tap)} (${file} #${number}):`, ...lines.map((line) => `  ${line}`)];
}

/** What is expected between the nodes, direction by direction: "VXLAN at a1/eth0 and b1/eth0, both directions". */
export function expectedForms(pathCase: PathCase): string {
  return perDirection(
    legsOf(pathCase.expectation).map((leg) => {
      const taps = underlayHops(leg.expected).map(({ tap }) => nameOfTap(tap));
      const end = leg.expected.dies === undefined ? "" : `, ending at ${leg.expected.dies.node}`;
      return [
        leg,
        taps.length === 0
          ? "nothing between nodes"
          : `${describeForm(leg.expected.underlay)} at ${listOf(inOrder(pathCase, taps))}${end}`,
      ];
    }),
  );
}

/** What was observed between the nodes, direction by direction: "VXLAN 10 of 10 (VNI 4096), both directions". */
export function observedForms(pathCase: PathCase): string {
  return perDirection(legsOf(pathCase.expectation).map((leg) => [leg, observedLeg(pathCase, leg)]));
}

function observedLeg(pathCase: PathCase, leg: Leg): string {
  const seen = new Map<ObservedForm, { packets: number; sent: number; vni?: number }>();
  for (const observation of flowsOf(pathCase)) {
    const sent = observation.probe.kind === "ping" ? (resultFor(pathCase, observation)?.sent ?? 0) : 0;
    for (const { tap } of underlayHops(leg.expected)) {
      for (const variant of heardAt(observation, leg.direction, tap).variants) {
        const before = seen.get(variant.form);
        // Of several probes the one with a count to compare speaks; of several taps the one that saw most.
        if (before !== undefined && (before.sent > sent || (before.sent === sent && before.packets >= variant.packets)))
          continue;
        const vni = variant.vxlan?.vni;
        seen.set(variant.form, { packets: variant.packets, sent, ...(vni === undefined ? {} : { vni }) });
      }
    }
  }
  if (seen.size === 0) return "nothing";
  return [...seen]
    .map(([form, { packets, sent, vni }]) => {
      const of = sent === 0 ? "" : ` of ${sent}`;
      return `${describeForm(form)} ${packets}${of}${vni === undefined ? "" : ` (VNI ${vni})`}`;
    })
    .join(" and ");
}

/** Both directions pass the same taps in opposite order; one order lets their words be compared. */
function inOrder({ expectation }: PathCase, taps: readonly string[]): readonly string[] {
  const forward = underlayHops(expectation.forward).map(({ tap }) => nameOfTap(tap));
  const place = (name: string): number => (forward.includes(name) ? forward.indexOf(name) : forward.length);
  return [...taps].sort((a, b) => place(a) - place(b));
}

function perDirection(texts: readonly (readonly [Leg, string])[]): string {
  const [first] = texts;
  if (first === undefined) return "nothing";
  if (texts.length > 1 && texts.every(([, text]) => text === first[1])) return `${first[1]}, both directions`;
  return texts.map(([leg, text]) => `${leg.direction} ${text}`).join("; ");
}
