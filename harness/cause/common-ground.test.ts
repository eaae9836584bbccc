import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { caseAsExpected } from "../verify/case.fixture.ts";
import { commonGround } from "./common-ground.ts";

const plan = await planOf("two-racks");
const mode = modeOf("vxlan-cross-subnet");

describe("what failing paths have in common", () => {
  const identities = identitiesFromAllocation(plan, mode);
  const paths = enumeratePaths(plan, mode, "quick").filter(({ traffic }) => traffic === "pod-to-pod");
  const asked = paths.map((path) => caseAsExpected(expectPath(plan, mode, identities, path)));
  const network = { plan, mode, identities, facts: { nodes: [] } };
  const toB1 = paths.filter(({ target, source }) => target.node === "b1" && source.node !== "b1");
  const found = (frame: string) =>
    commonGround.find({
      ...{ network, asked, cases: asked, crossings: [], nodes: [], beyond: [] },
      failed: toB1.map(({ id }) => ({
        ...{ id, check: "no-leak", status: "fail", expected: "", observed: "" },
        reason: "forward: 5 VXLAN ping packets at b2/eth0, where nothing of this path may appear",
        evidence: ["b2/eth0 (b2.pcap #17):", `  SLL2 interface 2 ${frame} 02:00:00:01:00:02`, "  VXLAN vni 4096"],
      })),
    });

  it("is told to be a flood where a machine heard frames for another's MAC, and not where it was sent them", () => {
    const [flood] = found("other");
    assert.match(flood?.sentence ?? "", /; the frames are for another machine's MAC: their segment floods them$/);
    assert.match(flood?.fix ?? "", /bridge fdb show/);
    const [sent] = found("host");
    assert.doesNotMatch(sent?.sentence ?? "", /floods/);
  });
});
