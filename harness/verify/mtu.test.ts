import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.test-data.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withResults } from "./case.test-data.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { mtu } from "./mtu.ts";

describe("mtu", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const caseOf = (id = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2") =>
    caseAsExpected(expectationOf(plan, id), ["mtu"]);
  const say = (sizes: { fits: boolean; oneMore: boolean }) => gist(mtu.judge(withResults(caseOf(), { mtu: sizes })));

  it("passes when exactly the pods' MTU passes", () => {
    const verdict = mtu.judge(caseOf());
    assert.equal(verdict?.status, "pass");
    assert.deepEqual(
      [verdict.expected, verdict.observed],
      ["1450 bytes pass, 1451 do not", "1450 bytes passed, 1451 did not"],
    );
  });

  it("fails when the MTU is too small or too large", () => {
    assert.match(
      say({ fits: false, oneMore: false }),
      /^fail \(wrong MTU\): forward: a packet of 1450 bytes, the pods' MTU, did not pass/,
    );
    assert.match(say({ fits: true, oneMore: true }), /^fail \(wrong MTU\): forward: a packet of 1451 bytes passed/);
  });

  it("is inconclusive when the probe told nothing, or tried another size", () => {
    const { results, ...rest } = caseOf();
    const silent = results.map(
      (result) => Object.fromEntries(Object.entries(result).filter(([key]) => key !== "mtu")) as unknown as ProbeResult,
    );
    assert.match(gist(mtu.judge({ ...rest, results: silent })), /^inconclusive: the MTU probe did not run to its end/);
    const other = results.map((result) => ({ ...result, probe: { ...result.probe, mtu: 1400 } }));
    assert.match(gist(mtu.judge({ ...rest, results: other })), /^inconclusive: the probe tried 1400 bytes, not 1450/);
  });

  it("does not apply without such a probe, or where packets must die", () => {
    assert.equal(mtu.judge({ ...caseOf(), results: [] }), undefined);
    assert.equal(mtu.judge(caseOf("none/pod-to-pod/cross-subnet/v4/a1->b1")), undefined);
  });
});
