import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, inForm, variantOf, withHealth, withSightings, withoutPackets } from "./case.fixture.ts";
import { noLeak } from "./no-leak.ts";
import type { PathCase } from "./verdict.ts";

describe("no-leak", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const caseOf = (id: string) => caseAsExpected(expectationOf(plan, id));
  const say = (pathCase: PathCase) => gist(noLeak.judge(pathCase));
  const within = "vxlan-always/pod-to-pod/same-node/v4/a1->a1";
  const inside = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2";
  const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

  it("passes when off-way taps saw other things only, and nothing plain showed", () => {
    assert.deepEqual(
      [within, inside, across].map((id) => say(caseOf(id))),
      ["pass", "pass", "pass"],
    );
    assert.equal(noLeak.judge(caseOf(inside))?.observed, "nothing at b1/eth0, b2/eth0, tor/eth0 and tor/eth1");
  });

  it("counts the taps off the way where there are many, and names the one that heard something", () => {
    const small = caseOf(inside);
    const more = Array.from({ length: 9 }, (_, index) => ({ node: `c${index}`, device: "eth0" }));
    const { expectation } = small;
    const large = { ...small, expectation: { ...expectation, silent: [...expectation.silent, ...more] } };
    assert.equal(noLeak.judge(large)?.expected, "nothing at any of the 13 taps between nodes that are off its way");
    assert.match(
      say(inForm(large, "forward", "plain", "tor/eth0")),
      /^fail \(leak\): forward: 10 plain ping packets at tor\/eth0/,
    );
  });

  it("fails when a path within a node shows on its uplink, in any form and direction", () => {
    const loud = withSightings(caseOf(within), {
      at: "a1/eth0",
      direction: "reverse",
      kind: "ping",
      to: () => [variantOf("vxlan", 2)],
    });
    assert.equal(
      say(loud),
      "fail (leak): reverse: 2 VXLAN ping packets at a1/eth0, where nothing of this path may appear",
    );
  });

  it("fails on a detour by the router", () => {
    assert.match(
      say(inForm(caseOf(inside), "forward", "plain", "tor/eth0")),
      /^fail \(leak\): forward: 10 plain ping packets at tor\/eth0/,
    );
  });

  it("fails on a plain packet where the path must be encapsulated", () => {
    const leak = inForm(caseOf(across), "forward", "plain", "a1/eth0");
    assert.match(
      say(leak),
      /^fail \(leak\): forward: 10 plain ping packets at a1\/eth0, where the path must be encapsulated/,
    );
  });

  it("takes the silence of a deaf tap on the path's own node for nothing, and says what would settle it", () => {
    assert.equal(
      say(withHealth(caseOf(within), "a1/eth0", { packets: 0 })),
      "inconclusive: the tap a1/eth0 saw nothing at all, so its silence proves nothing: probe also a path that crosses it",
    );
  });

  it("believes the silence of others when their capture is whole, and only then", () => {
    assert.equal(say(withHealth(caseOf(inside), "b1/eth0", { packets: 0 })), "pass");
    assert.match(
      say(withHealth(caseOf(inside), "b1/eth0", undefined)),
      /^inconclusive: nothing was captured at b1\/eth0/,
    );
    const deaf = withHealth(caseOf(inside), "tor/eth1", { packets: 0, doubts: ["the marker was not seen"] });
    assert.match(say(deaf), /^inconclusive: the capture at tor\/eth1 is in doubt \(the marker was not seen\)/);
  });

  it("is inconclusive when the flow itself was seen nowhere", () => {
    const nothing = caseOf(inside);
    assert.match(say({ ...nothing, observations: [] }), /^inconclusive: no packet of the path was seen anywhere/);
    const deaf = withoutPackets(caseOf(across), "forward", "tor/eth1");
    assert.match(say(deaf), /^inconclusive: forward: tap tor\/eth1 saw nothing of the path in any form/);
  });

  it("keeps a leak that was seen a failure beside taps in doubt", () => {
    const doubtful = withHealth(caseOf(inside), "b1/eth0", { doubts: ["file cut"] });
    assert.match(say(inForm(doubtful, "forward", "plain", "tor/eth0")), /^fail \(leak\)/);
  });
});
