import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withHealth, withResults, withSightings } from "./case.fixture.ts";
import { conservation } from "./conservation.ts";
import type { PathCase } from "./verdict.ts";

describe("conservation", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
  const caseOf = (id = across) => caseAsExpected(expectationOf(plan, id), ["ping", "bulk"]);
  const say = (pathCase: PathCase) => gist(conservation.judge(pathCase));
  const count = (pathCase: PathCase, direction: "forward" | "reverse", packets: number, ...names: readonly string[]) =>
    names.reduce((before, at) => {
      return withSightings(before, {
        at,
        direction,
        kind: "ping",
        to: (all) => all.map((one) => ({ ...one, packets })),
      });
    }, pathCase);
  const back = ["b1/cali", "b1/eth0", "tor/eth1", "tor/eth0", "a1/eth0", "a1/cali"];

  it("passes when every hop saw what was sent, also where packets must die", () => {
    assert.equal(say(caseOf()), "pass");
    assert.equal(say(caseOf("none/pod-to-pod/cross-subnet/v4/a1->b1")), "pass");
    assert.match(
      conservation.judge(caseOf())?.observed ?? "",
      /^forward a1\/cali[0-9a-f]+ 10, a1\/eth0 10, tor\/eth0 10, /,
    );
  });

  it("names the hop at which requests were lost, once", () => {
    const lost = count(
      count(withResults(caseOf(), { received: 8 }), "forward", 8, "tor/eth1", "b1/eth0", "b1/cali"),
      "reverse",
      8,
      ...back,
    );
    assert.equal(say(lost), "fail (lost on the way): forward: 2 of 10 packets were lost between tor/eth0 and tor/eth1");
  });

  it("names the hop at which answers were lost", () => {
    const lost = count(withResults(caseOf(), { received: 7 }), "reverse", 7, "a1/eth0", "a1/cali");
    assert.equal(say(lost), "fail (lost on the way): reverse: 3 of 10 packets were lost between tor/eth0 and a1/eth0");
    assert.match(
      say(withResults(caseOf(), { received: 9 })),
      /reverse: 1 of 10 packets were seen at a1\/cali[0-9a-f]+, the last tap, and not received/,
    );
  });

  it("fails on packets that multiply", () => {
    assert.match(
      say(count(caseOf(), "forward", 20, "tor/eth1", "b1/eth0", "b1/cali")),
      /^fail \(lost on the way\): forward: 10 packets became 20 between/,
    );
  });

  it("distrusts the tap, not the wire, when packets were counted again later", () => {
    assert.match(
      say(count(caseOf(), "forward", 6, "tor/eth1")),
      /^inconclusive: forward: tap tor\/eth1 heard 6 of the 10 packets that went on from there/,
    );
    assert.match(
      say(count(caseOf(), "forward", 0, "tor/eth1")),
      /^inconclusive: forward: tap tor\/eth1 heard none of the 10 packets/,
    );
  });

  it("blames nobody by a capture in doubt", () => {
    const lost = count(
      count(withResults(caseOf(), { received: 8 }), "forward", 8, "tor/eth1", "b1/eth0", "b1/cali"),
      "reverse",
      8,
      ...back,
    );
    assert.match(
      say(withHealth(lost, "tor/eth1", { doubts: ["2 packets dropped by the kernel"] })),
      /^inconclusive: the capture at tor\/eth1 is in doubt/,
    );
  });

  it("judges pings only", () => {
    const bulk = withSightings(caseOf(), {
      at: "tor/eth1",
      direction: "forward",
      kind: "bulk",
      to: (all) => all.map((one) => ({ ...one, packets: 1 })),
    });
    assert.equal(say(bulk), "pass");
    assert.equal(say(caseAsExpected(expectationOf(plan, across), ["bulk"])), "does not apply");
    assert.match(say({ ...caseOf(), observations: [] }), /^inconclusive: a ping was not observed/);
  });
});
