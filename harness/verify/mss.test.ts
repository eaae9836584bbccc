import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { FlowAccount } from "../observe/observation.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withSightings } from "./case.fixture.ts";
import { mss } from "./mss.ts";
import type { PathCase } from "./verdict.ts";

describe("mss", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const hops = ["a1/cali", "a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0", "b1/cali"];
  const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
  const say = (pathCase: PathCase) => gist(mss.judge(pathCase));
  /** The case with another MSS in the SYNs of one direction at some taps; 0 = none was told. */
  const telling = (pathCase: PathCase, direction: "forward" | "reverse", value: number, taps = hops) => {
    const flows = (all: readonly FlowAccount[]) =>
      all.map((one): FlowAccount => (value === 0 ? withoutMss(one) : { ...one, mss: value }));
    return taps.reduce(
      (before, at) => withSightings(before, { at, direction, kind: "curl", to: (all) => all, flows }),
      pathCase,
    );
  };
  const caseOf = (id = across, kinds: readonly ("ping" | "curl")[] = ["curl"]) =>
    caseAsExpected(expectationOf(plan, id), kinds);
  const good = () => telling(telling(caseOf(), "forward", 1410), "reverse", 1410);
  const withoutMss = (one: FlowAccount) =>
    Object.fromEntries(Object.entries(one).filter(([name]) => name !== "mss")) as unknown as FlowAccount;

  it("passes where both ends tell what their pods' MTU carries", () => {
    const verdict = mss.judge(good());
    assert.deepEqual(
      [verdict?.status, verdict?.expected, verdict?.observed],
      ["pass", "forward 1410, reverse 1410", "forward 1410, reverse 1410"],
    );
  });

  it("fails where an end tells more than fits, or less than it could", () => {
    assert.equal(
      say(telling(good(), "forward", 1460)),
      "fail (wrong MTU): forward: the sender advertises an MSS of 1460 at a1/cali171f7b621c3, where 1410 fits",
    );
    assert.match(
      say(telling(good(), "reverse", 1400)),
      /^fail \(wrong MTU\): reverse: the sender advertises an MSS of 1400 at b1/,
    );
  });

  it("names the hops between which somebody rewrote it", () => {
    assert.equal(
      say(telling(good(), "forward", 600, hops.slice(3))),
      "fail (wrong MTU): forward: the MSS became 600 in place of 1410 between tor/eth0 and tor/eth1",
    );
  });

  it("names the hops between which somebody took it away", () => {
    assert.equal(
      say(telling(good(), "forward", 0, hops.slice(3))),
      "fail (wrong MTU): forward: the MSS of 1410 is gone between tor/eth0 and tor/eth1",
    );
  });

  it("lets a host tell what its uplink carries, or what it learned of the way", () => {
    const id = "vxlan-cross-subnet/host-to-pod/same-subnet/v4/a1->a2";
    const near = ["a1/eth0", "a2/eth0", "a2/cali"];
    const host = (value: number) => telling(telling(caseOf(id), "forward", value, near), "reverse", 1410, near);
    for (const value of [1410, 1460]) assert.equal(say(host(value)), "pass", String(value));
    assert.match(say(host(1470)), /^fail .* where 1410 to 1460 fits/);
  });

  it("is inconclusive where no SYN was seen, and does not apply without TCP", () => {
    assert.match(say(telling(good(), "forward", 0)), /^inconclusive: forward: no SYN was seen/);
    assert.equal(say(caseOf(across, ["ping"])), "does not apply");
  });
});
