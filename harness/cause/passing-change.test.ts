import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected } from "../verify/case.fixture.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Incident } from "./cause.ts";
import { passingChange } from "./passing-change.ts";

const plan = await planOf("two-racks");
const id = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
const heard = "vxlan-cross-subnet/sentinel/a1";

const found = (reason: string, troubled = false) => {
  const base = { status: "fail", expected: "", observed: "", evidence: [] } as const;
  const failed: readonly Verdict[] = [
    { ...base, id, check: "encapsulated", reason },
    {
      ...base,
      id: heard,
      check: "sentinel",
      reason:
        "a1/eth0: plain packets from a1 to b1, where VXLAN is due (84 packets, from 05:58:00.182 to 05:58:00.826)",
    },
  ];
  const troubles = troubled ? [{ kind: "stray route", text: "unexpected route" } as const] : [];
  const nodes = [{ expected: { node: "a1" }, troubles } as unknown as NodeJudgment];
  const asked = [caseAsExpected(expectationOf(plan, id))];
  return passingChange.find({ asked, failed, nodes, network: { plan } } as unknown as Incident);
};

describe("a node that changed while probes ran, and back", () => {
  it("is told where packets of one probe left it in two forms, with the time", () => {
    const [cause, ...more] = found("forward: 4 of 5 ping packets at a1/eth0 were plain, not VXLAN");
    assert.deepEqual(more, []);
    assert.equal(
      cause?.sentence,
      "a1 changed how it sends while probes ran, and back (from 05:58:00.182 to 05:58:00.826): " +
        "4 of 5 ping packets at a1/eth0 were plain, not VXLAN; before and after its kernel was as it must be",
    );
    assert.deepEqual(cause.explains, [id, heard]);
  });

  it("is not told where all of them did, where the node only passed them on, or where its kernel is wrong", () => {
    assert.deepEqual(found("forward: 5 of 5 ping packets at a1/eth0 were plain, not VXLAN"), []);
    assert.deepEqual(found("forward: 4 of 5 ping packets at tor/eth0 were plain, not VXLAN"), []);
    assert.deepEqual(found("forward: 4 of 5 ping packets at a1/eth0 were plain, not VXLAN", true), []);
  });
});
