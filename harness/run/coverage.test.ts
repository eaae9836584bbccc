import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { planSweep } from "../probe/sweep.ts";
import type { Plan } from "../topology/plan.ts";
import { coverageOf } from "./coverage.ts";

const mode = modeOf("vxlan-cross-subnet");

describe("coverageOf", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });

  it("names pods that never sent or were never asked, paths left out and pairs", () => {
    const identities = identitiesFromAllocation(plan, mode);
    const one = enumeratePaths(plan, mode, "quick").filter(({ id }) =>
      id.includes("pod-to-pod/cross-subnet/v4/a1->b1"),
    );
    const { pods, pairs, paths, notAsked } = coverageOf(plan, mode, identities, one, {});
    assert.deepEqual(paths, { asked: 1, of: 80 });
    assert.deepEqual(pods, { sent: 1, received: 1, of: 8 });
    assert.deepEqual(pairs, { judged: 1, watched: 0, of: 48 });
    assert.deepEqual(notAsked, [
      "7 of 8 pods never sent: a1-p2 a2-p1 a2-p2 b1-p1 b1-p2 b2-p1 and 1 more",
      "7 of 8 pods were never asked: a1-p1 a1-p2 a2-p1 a2-p2 b1-p2 b2-p1 and 1 more",
      "79 of 80 paths (--profile full asks all of them)",
      "47 of 48 pairs of pods on different nodes: 47 not at all",
      "ports other than those of probes",
    ]);
  });

  it("counts what a sweep watched beside what was judged, and tells the seed", () => {
    const identities = identitiesFromAllocation(plan, mode);
    const full = enumeratePaths(plan, mode, "full", 5);
    const sweep = planSweep(identities, plan.families, 5, 1000);
    const { seed, pairs, pods, notAsked } = coverageOf(plan, mode, identities, full, { seed: 5, sweep });
    assert.equal(seed, 5);
    assert.deepEqual(pods, { sent: 8, received: 8, of: 8 });
    assert.deepEqual(pairs, { judged: 12, watched: 36, of: 48 });
    assert.match(
      notAsked.join("\n"),
      /^36 of 48 pairs .*: 36 for the form of single packets alone\nports other than .* TCP 22 80 443 /,
    );
  });
});
