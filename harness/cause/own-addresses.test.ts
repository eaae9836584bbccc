import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { caseAsExpected } from "../verify/case.fixture.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Incident } from "./cause.ts";
import { coveringPool } from "./covering-pool.ts";
import { natOutgoing } from "./nat-outgoing.ts";

const plan = await planOf("external");
const mode = modeOf("vxlan-cross-subnet");
const identities = identitiesFromAllocation(plan, mode);
const asked = enumeratePaths(plan, mode, "quick").map((path) =>
  caseAsExpected(expectPath(plan, mode, identities, path)),
);

/** What is told where these paths are seen with the address of a pod of a1's. */
function told(...paths: readonly string[]): readonly string[] {
  const failed = asked
    .filter(({ expectation: { path } }) => paths.some((end) => path.id.endsWith(end)))
    .map(({ expectation }): Verdict => ({
      id: expectation.path.id,
      check: "source-address",
      status: "fail",
      expected: "",
      observed: "forward 198.19.0.1 > 198.18.9.12",
      reason: "forward at a1/eth0: source 198.19.0.1, not 198.18.1.11",
      evidence: [],
    }));
  assert.equal(failed.length, paths.length);
  const network = { plan, mode, identities };
  const incident = { network, failed, asked } as unknown as Incident;
  return [natOutgoing, coveringPool].flatMap((rule) => rule.find(incident).map(({ name }) => name));
}

describe("pods that go out with their own addresses", () => {
  const toHosts = ["pod-to-host/same-subnet/v4/a1->a2", "pod-to-host/cross-subnet/v4/a1->b2"];

  it("lack their node's masquerade where they do so to nodes as well as to hosts outside", () => {
    assert.deepEqual(told("a1->server", ...toHosts), ["nat-outgoing"]);
  });

  it("meet a pool that holds the hosts outside, or the nodes, where the rest is masqueraded", () => {
    assert.deepEqual(told("a1->server"), ["covering-pool"]);
    assert.deepEqual(told(...toHosts), ["covering-pool"]);
  });
});
