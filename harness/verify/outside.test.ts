import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { isSpecial } from "../encap/path.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { caseAsExpected } from "./case.fixture.ts";
import { judgePath } from "./judge-path.ts";
import { checks } from "./registry.ts";
import { sourceAddress } from "./source-address.ts";

async function expectationsOf(topology: string) {
  const plan = await planOf(topology);
  const mode = modeOf("vxlan-cross-subnet");
  const identities = identitiesFromAllocation(plan, mode);
  const paths = enumeratePaths(plan, mode, "quick").filter(({ traffic }) => isSpecial(traffic));
  return paths.map((path) => expectPath(plan, mode, identities, path));
}

describe("paths to hosts outside, from them, and to pods in nodes' own networks", () => {
  for (const topology of ["external", "host-network"]) {
    it(`pass where the wire shows what is expected: ${topology}`, async () => {
      const all = await expectationsOf(topology);
      const verdicts = all.flatMap((expectation) => judgePath(caseAsExpected(expectation, ["udp", "curl"]), checks));
      const bad = verdicts.filter(({ status }) => status !== "pass");
      assert.ok(verdicts.length > all.length);
      assert.deepEqual(
        bad.map(({ id, check, reason }) => [id, check, reason]),
        [],
      );
    });
  }

  it("fail where another address than the node's is seen outside", async () => {
    const [expectation] = await expectationsOf("external");
    assert.ok(expectation);
    const wrong = { ...expectation, forward: { ...expectation.forward, sources: ["198.19.0.1"] } };
    const seen = { ...caseAsExpected(wrong, ["udp", "curl"]), expectation };
    const verdict = sourceAddress.judge(seen);
    assert.equal(verdict?.status, "fail");
    assert.match(verdict.reason ?? "", /source 198\.19\.0\.1, not 198\.18\.1\.11/);
  });
});
