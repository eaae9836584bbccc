import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import type { Path } from "../encap/path.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { sharedBy } from "./shared-by.ts";

describe("what paths have in common", () => {
  let plan: Plan;
  let all: readonly Path[];
  before(async () => {
    plan = await planOf("two-racks");
    all = enumeratePaths(plan, modeOf("vxlan-cross-subnet"), "full").filter(({ traffic }) => traffic === "pod-to-pod");
  });
  const shared = (chosen: (path: Path) => boolean): string => sharedBy(all.filter(chosen), all, plan);

  it("is the pod or node at which they start, or to which they lead", () => {
    assert.equal(
      shared(({ source }) => source.node === "a1"),
      "all start at pod a1-p1",
    );
    assert.equal(
      shared(({ source, target }) => source.node !== target.node && [source.node, target.node].includes("b2")),
      "all have b2 at one end",
    );
  });

  it("is their rack where no node tells it", () => {
    const inA = ({ node }: Path["source"]): boolean => node.startsWith("a");
    assert.equal(
      shared(({ source }) => inA(source)),
      "all start in rack-a",
    );
    assert.equal(
      shared(({ source, target, locality }) => inA(source) && inA(target) && locality === "same-subnet"),
      "all lead between a1 and a2 and are same-subnet",
    );
  });

  it("is nothing where others have it too", () => {
    assert.equal(
      shared(({ id }) => /a1->b1|b2->a2/.test(id)),
      "all lead between rack-a and rack-b and are cross-subnet",
    );
    assert.equal(
      shared(() => true),
      "",
    );
  });
});
