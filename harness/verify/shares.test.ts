import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected, gist } from "./case.fixture.ts";
import { shares } from "./shares.ts";
import type { PathCase } from "./verdict.ts";

const expectation = expectationOf(
  await planOf("shared-service"),
  "vxlan-cross-subnet/pod-to-service/cross-subnet/v4/a1->web->b1",
);

/** The path's case with so many connections of its own, of all that were seen. */
function caseOf(own: number, of: number): PathCase {
  const sound = caseAsExpected(expectation, own === 0 ? [] : ["curl"]);
  const observations = Array.from({ length: own }, () => sound.observations).flat();
  return { ...sound, observations, connections: { curl: of } };
}

const say = (own: number, of: number): string => gist(shares.judge(caseOf(own, of)));

describe("shares", () => {
  it("pass where chance explains them, as far as it goes", () => {
    for (const own of [2, 12, 25]) assert.equal(say(own, 35), "pass", String(own));
    assert.equal(shares.judge(caseOf(12, 35))?.observed, "12 of 35 curl");
  });

  it("fail where a backend gets none, fewer or more than chance explains, with how seldom that is", () => {
    assert.equal(
      say(0, 35),
      "fail (unequal shares): none of 35 curl connections to web went to b1-p1 (198.19.0.129), one of 3 backends: by chance alone so few would come once in 1 456 110 runs",
    );
    assert.match(say(35, 35), /35 of 35 curl .* so many would come once in more than 10\^15 runs$/);
    assert.match(say(10, 100), /10 of 100 curl .* so few would come once in \d[\d ]+ runs/);
  });

  it("are inconclusive where too few were seen to tell, or none", () => {
    assert.match(say(0, 10), /^inconclusive: none of 10 curl .* so few leave out with a probability of 0\.017: /);
    assert.equal(say(1, 10), "pass");
    const unseen = { ...caseOf(0, 0), connections: {} };
    assert.match(gist(shares.judge(unseen)), /^inconclusive: no connection to the Service was seen/);
  });

  it("are asked of no path to a single backend", async () => {
    const alone = expectationOf(await planOf("two-racks"), "vxlan-always/pod-to-clusterip/cross-subnet/v4/a1->b1");
    assert.equal(shares.judge(caseAsExpected(alone)), undefined);
  });
});
