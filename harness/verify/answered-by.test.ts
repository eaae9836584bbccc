import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { FlowAccount } from "../observe/observation.ts";
import type { Plan } from "../topology/plan.ts";
import { answeredBy } from "./answered-by.ts";
import { caseAsExpected, gist, tapOf, withHealth, withResults, withoutPackets, withSightings } from "./case.fixture.ts";
import type { PathCase } from "./verdict.ts";

describe("answered-by", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
  const caseOf = (id = across) => caseAsExpected(expectationOf(plan, id));
  const say = (pathCase: PathCase) => gist(answeredBy.judge(pathCase));
  const bypassed = (pathCase: PathCase) => withoutPackets(pathCase, "forward", "b1/cali");

  it("passes when the target's tap saw what was answered, and its server tells its name", () => {
    assert.equal(say(caseOf()), "pass");
    assert.equal(say(withResults(caseOf(), { answeredBy: "b1-p1" })), "pass");
    assert.equal(say(caseOf("vxlan-cross-subnet/pod-to-host/cross-subnet/v4/a1->b1")), "pass");
  });

  it("fails when another server tells its name, or one without", () => {
    assert.match(
      say(withResults(caseOf(), { answeredBy: "b1-p2" })),
      /^fail \(answered by another\): ping was answered by b1-p2, not by b1-p1; curl was/,
    );
    assert.match(say(withResults(caseOf(), { answeredBy: "" })), /answered by a server without a name/);
  });

  it("fails when the request never arrived at the target's tap, and reports who saw it instead", () => {
    assert.match(
      say(bypassed(caseOf())),
      /^fail \(answered by another\): ping was answered, though none of it arrived at b1\/cali\w+ \(b1-p1\); curl/,
    );
    const other = { node: "b1", device: "cali-other" };
    const heard = { ...caseOf(), health: [...caseOf().health, { tap: other, packets: 9, doubts: [] }] };
    const there = withSightings(bypassed(heard), {
      at: "b1/cali-other",
      direction: "forward",
      to: () => heard.observations[0]?.sightings[0]?.variants ?? [],
    });
    assert.match(say(there), /arrived at b1\/cali\w+ \(b1-p1\), but to b1\/cali-other/);
  });

  it("does not take another connection, of which only SYNs set out, for the answered one", () => {
    const syns: FlowAccount = {
      flow: "other",
      unit: "bytes",
      pieces: [{ from: 0, to: 1, times: 4 }],
      acks: 0,
      openings: [],
      lastAt: 3,
      sourcePorts: [],
    };
    const hops = caseOf().expectation.forward.hops.slice(0, 2);
    const unanswered = hops.reduce(
      (before, { tap }) =>
        withSightings(before, {
          at: `${tap.node}/${tap.device}`,
          direction: "forward",
          kind: "curl",
          to: (variants) => variants,
          flows: (heard) => [...heard, syns],
        }),
      caseOf(),
    );
    assert.equal(say(unanswered), "pass");
  });

  it("is inconclusive when the target's tap may not see", () => {
    const { device } = tapOf(caseOf(), "b1/cali");
    assert.match(
      say(withHealth(bypassed(caseOf()), "b1/cali", { packets: 0 })),
      new RegExp(`^inconclusive: the tap b1/${device} may not`),
    );
    assert.match(say(withHealth(caseOf(), "b1/cali", { doubts: ["cut"] })), /^inconclusive/);
  });

  it("has nothing to say where nothing was answered", () => {
    assert.equal(say(withResults(caseOf(), { received: 0 })), "does not apply");
  });
});
