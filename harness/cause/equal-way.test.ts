import assert from "node:assert/strict";
import { expectationOf, modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { caseAsExpected, variantOf, withSightings } from "../verify/case.fixture.ts";
import { agreeingRouter } from "../verify/node-facts.fixture.ts";
import { equalWays } from "../verify/equal-ways.ts";
import type { PathCase } from "../verify/verdict.ts";
import { findCauses } from "./find-causes.ts";

const plan = await planOf("ecmp-spines");
const mode = modeOf("vxlan-cross-subnet");
const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

/** All eight datagrams by spine1 and spine2 in halves, of which these leave each. */
function shared(left1: number, left2: number): PathCase {
  const seen = [
    ["spine1/eth0", 4],
    ["spine1/eth1", left1],
    ["spine2/eth0", 4],
    ["spine2/eth1", left2],
  ] as const;
  return seen.reduce(
    (before, [at, packets]) =>
      withSightings(before, {
        at,
        direction: "forward",
        to: () => (packets === 0 ? [] : [variantOf("vxlan", packets)]),
      }),
    caseAsExpected(expectationOf(plan, across), ["udp"]),
  );
}

function causes(pathCase: PathCase, drops: NodeFacts["drops"] = []): readonly string[] {
  const identities = identitiesFromAllocation(plan, mode);
  const routers = plan.routers
    .map(agreeingRouter)
    .map((facts) => (facts.node === "spine2" ? { ...facts, drops } : facts));
  const network = { plan, mode, identities, facts: { nodes: [], routers }, before: { nodes: [], routers: [] } };
  const verdict = equalWays.judge(pathCase);
  assert.ok(verdict !== undefined);
  const found = findCauses(network, [verdict], [pathCase]);
  return found.map(({ name, sentence }) => `${name}: ${sentence}`);
}

describe("the cause equal-way", () => {
  it("names the router that passes on nothing, with its share, and the rule there that drops", () => {
    const [first, ...others] = causes(shared(4, 0), [
      { where: "table inet fw chain f", hook: "forward", rule: "udp dport 4789 drop", packets: 4 },
    ]);
    assert.equal(
      first,
      "equal-way: spine2, one of several equal-cost ways, does not pass on what comes to it: from leaf-a/eth1 none of 4 packets, with 4 of 4 source ports; spine2: table inet fw chain f: udp dport 4789 drop (4 packets during the probes)",
    );
    assert.deepEqual(others, []);
  });

  it("is not told where all of the ways lose packets: what they have in common does", () => {
    assert.ok(causes(shared(0, 0)).every((cause) => !cause.startsWith("equal-way")));
  });
});
