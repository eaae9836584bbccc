import assert from "node:assert/strict";
import type { PathExpectation } from "../encap/expectation.ts";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withResults, withSightings } from "./case.fixture.ts";
import { conservation } from "./conservation.ts";
import { delay } from "./delay.ts";
import { reached } from "./reached.ts";
import type { PathCase } from "./verdict.ts";

describe("links with a delay", () => {
  let wan: Plan;
  let plain: Plan;
  before(async () => {
    [wan, plain] = await Promise.all([planOf("wan"), planOf("two-racks")]);
  });
  const id = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
  const judged = (rttMs: readonly number[]) => gist(delay.judge(withResults(caseOf(wan), { rttMs })));
  const caseOf = (plan: Plan, path = id) => caseAsExpected(expectationOf(plan, path), ["ping"]);

  it("hold back every answer", () => {
    assert.match(judged([20.1, 23]), /^pass/);
    assert.match(judged([19.7]), /^pass/);
  });

  it("are none when one answer comes sooner", () => {
    assert.match(judged([20.1, 0.3]), /^fail \(lab trouble\): 1 of 2 answers came after 0.3 ms/);
  });

  it("are in doubt without an answer", () => {
    assert.match(judged([]), /^inconclusive: no ping was answered/);
  });

  it("are asked for in both directions, and not where there are none or nothing leaves the node", () => {
    const far: PathExpectation = expectationOf(wan, "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/b1->b2");
    assert.equal(delay.judge(caseAsExpected(far, ["ping"]))?.expected, "round trips of at least 40 ms");
    assert.equal(delay.judge(caseOf(plain)), undefined);
    assert.equal(delay.judge(caseOf(wan, "vxlan-cross-subnet/pod-to-pod/same-node/v4/b1->b1")), undefined);
  });
});

describe("links with a loss", () => {
  it("may leave as many pings unanswered as chance takes, and no more", async () => {
    const of = async (topology: string, received: number) => {
      const expectation = expectationOf(await planOf(topology), "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
      const answered = withSightings(withResults(caseAsExpected(expectation, ["ping"]), { sent: 10, received }), {
        at: "a1/cali",
        direction: "reverse",
        to: (all) => all.map((one) => ({ ...one, packets: received })),
      });
      return gist(reached.judge(answered));
    };
    assert.match(await of("wan", 7), /^pass/);
    assert.match(await of("two-racks", 9), /^fail \(lost on the way\): 1 of 10/);
    assert.match(await of("wan", 5), /^fail \(lost on the way\): 5 of 10/);
  });

  it("lose what their node sends before its own tap, and nowhere else", async () => {
    const expectation = expectationOf(await planOf("wan"), "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.match(gist(conservation.judge(lost(caseAsExpected(expectation, ["ping"]), "b1/eth0"))), /^pass/);
    assert.match(
      gist(conservation.judge(lost(caseAsExpected(expectation, ["ping"]), "tor/eth1"))),
      /^fail \(lost on the way\): reverse: 1 of 10 ping packets were lost between b1\/eth0 and tor\/eth1/,
    );
  });
});

/** One answer less from this tap on. */
function lost(pathCase: PathCase, from: string): PathCase {
  const back = ["b1/eth0", "tor/eth1", "tor/eth0", "a1/eth0", "a1/cali"];
  return back
    .slice(back.indexOf(from))
    .reduce(
      (before, at) =>
        withSightings(before, { at, direction: "reverse", to: (all) => all.map((one) => ({ ...one, packets: 9 })) }),
      withResults(pathCase, { received: 9 }),
    );
}
