import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { TapReport } from "../sentinel/tap-report.ts";
import type { Verdict } from "../verify/verdict.ts";
import { sentinel } from "../verify/sentinel.ts";
import type { Cause } from "./cause.ts";
import { findCauses } from "./find-causes.ts";

const plan = await planOf("vlan-uplinks");
const mode = modeOf("vxlan-cross-subnet");

function report(node: string, vlan: number, what: string): TapReport {
  const offence = { what, packets: 9, first: 1, last: 2, lines: ["VLAN 200"], file: `${node}-eth0.pcap`, number: 3 };
  return { tap: { node, device: "eth0", vlan }, packets: 9, offences: [offence], doubts: [] };
}

function causes(...heard: readonly TapReport[]): readonly Cause[] {
  const identities = identitiesFromAllocation(plan, mode);
  const network = { plan, mode, identities, facts: { nodes: [] }, before: { nodes: [] }, heard };
  const verdicts: readonly Verdict[] = sentinel.judge(network);
  return findCauses(network, verdicts, []);
}

describe("the cause vlan-tag", () => {
  it("is who sends with a wrong tag, and not who gets that", () => {
    const [first, ...others] = causes(
      report("a2", 101, "frames to a2 in VLAN 200, where VLAN 101 is due"),
      report("a1", 101, "frames from a1 in VLAN 200, where VLAN 101 is due"),
    );
    assert.equal(
      `${first?.name}: ${first?.sentence}`,
      "vlan-tag: at a1/eth0 frames from a1 in VLAN 200, where VLAN 101 is due",
    );
    assert.match(first?.fix ?? "", /^on a1: see ip -d link /);
    assert.deepEqual(first?.evidence, ["a1/eth0 (a1-eth0.pcap #3): 9 packets", "VLAN 200"]);
    assert.deepEqual(others, [], "what a2 gets is a consequence");
  });

  it("is the switch's where all that a node gets is wrong, and nobody's where tags are right", () => {
    const [first] = causes(report("b1", 102, "frames to b1 without a tag, where VLAN 102 is due"));
    assert.equal(first?.sentence, "at b1/eth0 frames to b1 without a tag, where VLAN 102 is due");
    const [leak] = causes(report("b1", 102, "plain packets from a1 to b1, where VXLAN is due"));
    assert.equal(leak?.name, "leak-heard");
  });
});
