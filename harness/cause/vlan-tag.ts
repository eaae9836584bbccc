import { tellsTag } from "../sentinel/vlan-tag.ts";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import { nameOfTap } from "../verify/words.ts";
import { failuresOf, type Cause, type Rule } from "./cause.ts";

/** Frames on a node's wire have another VLAN's tag than their rack's, or none: the switch drops them, or hands them to another network. */
export const vlanTag: Rule = {
  name: "vlan-tag",
  find: (incident) => {
    const heard = (incident.network.heard ?? []).map((report) => ({ report, from: toldOf(report, "from") }));
    const senders = heard.filter(({ from }) => from.length > 0);
    // What others get wrong is a consequence of who sends it; where nobody does, the switch gives the tag.
    const guilty = senders.length > 0 ? senders : heard.map(({ report }) => ({ report, from: toldOf(report, "to") }));
    const wires = heard.filter(({ report, from }) => from.length > 0 || toldOf(report, "to").length > 0);
    const heardThere = incident.failed.filter(
      ({ id, check }) => check === "sentinel" && wires.some(({ report }) => id.endsWith(`/${report.tap.node}`)),
    );
    return guilty.flatMap(({ report, from: [first] }) => {
      if (first === undefined) return [];
      const explains = [...failuresOf(incident, report.tap.node), ...heardThere.map(({ id }) => id)];
      return [causeOf(report, first, [...new Set(explains)])];
    });
  },
};

function toldOf({ tap, offences }: TapReport, way: "from" | "to"): readonly Offence[] {
  return offences.filter(({ what }) => tellsTag(what, tap.vlan) === way);
}

function causeOf(
  { tap }: TapReport,
  { what, packets, lines, file, number }: Offence,
  explains: readonly string[],
): Cause {
  return {
    name: "vlan-tag",
    sentence: `at ${nameOfTap(tap)} ${what}`,
    fix: `on ${tap.node}: see ip -d link for the VLAN's id, and tc filter show dev ${tap.device} egress; at its port of the switch: see which VLANs are tagged, and which is untagged`,
    issues: [],
    evidence: [`${nameOfTap(tap)} (${file} #${number}): ${packets} packets`, ...lines.slice(0, 4)],
    explains,
  };
}
