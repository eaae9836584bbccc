import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import type { Plan } from "../topology/plan.ts";
import { sentinel } from "./sentinel.ts";
import type { Verdict } from "./verdict.ts";

const leak: Offence = {
  what: "plain packets from a1 to b1, where VXLAN is due",
  packets: 3,
  first: 1_700_000_000.25,
  last: 1_700_000_001,
  lines: ["Ethernet", "IPv4"],
  file: "a1-eth0.pcap",
  number: 7,
};

describe("sentinel", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });

  function judge(...heard: readonly Partial<TapReport>[]): readonly Verdict[] {
    const mode = modeOf("vxlan-cross-subnet");
    const reports = heard.map((report, index) => ({
      tap: { node: "tor", device: `eth${index}` },
      packets: 4,
      offences: [],
      doubts: [],
      ...report,
    }));
    const identities = identitiesFromAllocation(plan, mode);
    return sentinel.judge({ plan, mode, identities, facts: { nodes: [] }, heard: reports });
  }

  it("passes for a node whose taps all saw nothing astray, and asks nothing where nobody listened", () => {
    const [verdict, ...others] = judge({}, {});
    assert.deepEqual(others, []);
    assert.equal(verdict?.id, "vxlan-cross-subnet/sentinel/tor");
    assert.deepEqual([verdict.status, verdict.observed], ["pass", "nothing; 8 packets looked at one by one"]);
    assert.deepEqual(judge(), []);
  });

  it("fails with tap, kind, count, first and last time, and the packet", () => {
    const [verdict] = judge({ doubts: ["it was full after 40000 packets"] }, { offences: [leak] });
    assert.equal(verdict?.status, "fail");
    assert.equal(verdict.category, "leak");
    const sentence = "plain packets from a1 to b1, where VXLAN is due (3 packets, from 22:13:20.250 to 22:13:21.000)";
    assert.equal(verdict.reason, `tor/eth1: ${sentence}`);
    assert.deepEqual(verdict.evidence, [`tor/eth1 (a1-eth0.pcap #7): ${sentence}`, "  Ethernet", "  IPv4"]);
  });

  it("claims nothing where one of the taps may have been deaf", () => {
    const [verdict] = judge({}, { doubts: ["the kernel dropped 3 packets"] });
    assert.equal(verdict?.status, "inconclusive");
    assert.match(verdict.reason ?? "", /^tap tor\/eth1: the kernel dropped 3 packets: /);
  });
});
