import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { DatagramResult } from "../probe/udp/datagram.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, sweepSent, tapOf, withResults, withSightings } from "./case.fixture.ts";
import { pathMtu } from "./path-mtu.ts";
import type { PathCase } from "./verdict.ts";

const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

describe("path-mtu", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const caseOf = (id = across) => caseAsExpected(expectationOf(plan, id), ["ping", "sweep"]);
  const say = (pathCase: PathCase) => gist(pathMtu.judge(pathCase));
  const told = (pathCase: PathCase, change: (one: DatagramResult) => readonly DatagramResult[]) =>
    withResults(pathCase, { datagrams: sweepSent(pathCase.expectation).flatMap(change) }, "sweep");
  /** Sent again as often as the client does, and never answered. */
  const thrice = (one: DatagramResult): readonly DatagramResult[] =>
    [0, 1, 2].map((copy) => {
      const { flow, bytes, tos } = one;
      return { flow, bytes, tos, copy, number: one.number + 1024 * copy, answered: false };
    });
  const afterRouter = ["tor/eth1", "b1/eth0", "b1/cali"];
  const without = (pathCase: PathCase, packets: number) =>
    afterRouter.reduce(
      (before, at) =>
        withSightings(before, {
          at,
          direction: "forward",
          kind: "sweep",
          to: (all) => all.map((one) => ({ ...one, packets })),
        }),
      pathCase,
    );
  const withError = (pathCase: PathCase, text: string): PathCase => ({
    ...pathCase,
    observations: pathCase.observations.map((one) =>
      one.probe.kind === "sweep"
        ? { ...one, icmpErrors: [{ tap: tapOf(pathCase, "tor/eth0"), from: "198.18.1.1", text }] }
        : one,
    ),
  });

  it("passes where all sizes up to the MTU pass and the next is refused", () => {
    const verdict = pathMtu.judge(caseOf());
    assert.equal(verdict?.status, "pass");
    assert.deepEqual(
      [verdict.expected, verdict.observed],
      [
        "all sizes up to 1450 bytes pass, larger ones are refused",
        "4 of 4 sizes up to 1450 bytes passed; 1451 were refused by the sender's own kernel",
      ],
    );
    const word = withError(caseOf(), "ICMP fragmentation needed, mtu 1450");
    assert.match(
      pathMtu.judge(word)?.observed ?? "",
      /refused after need-frag from 198\.18\.1\.1 \(seen at tor\/eth0\)/,
    );
  });

  it("names a hole in the middle, with outer headers, and the hop", () => {
    const hole = without(
      told(caseOf(), (one) => (one.bytes === 1200 ? thrice(one) : [one])),
      2,
    );
    assert.equal(
      say(hole),
      "fail (size-dependent loss): datagrams of 1200 bytes (1250 with outer headers) do not pass (none of 3 answered, " +
        "lost forward between tor/eth0 and tor/eth1 and before a1/cali171f7b621c3), while 800 and 1450 bytes pass",
    );
  });

  it("finds an MTU that is smaller or larger than it must be", () => {
    const small = told(caseOf(), (one) => (one.bytes === 1450 ? thrice(one) : [one]));
    assert.match(say(small), /^fail \(wrong MTU\): datagrams of 1450 bytes .* while 1200 bytes pass/);
    const large = told(caseOf(), (one) => (one.bytes === 1451 ? [{ ...one, answered: true }] : [one]));
    assert.match(
      say(large),
      /^fail \(wrong MTU\): packets of 1451 bytes passed, so the path's MTU is larger than 1450/,
    );
  });

  it("calls it a black hole where the sender is not told, and says so where it does not listen", () => {
    const silent = told(caseOf(), (one) => (one.bytes === 1451 ? thrice(one) : [one]));
    assert.match(
      say(silent),
      /^fail \(wrong MTU\): packets of 1451 bytes were lost .* the sender was not notified \(no need-frag\)/,
    );
    const deaf = withError(silent, "ICMP fragmentation needed, mtu 1450");
    assert.match(say(deaf), /the sender did not heed need-frag from 198\.18\.1\.1/);
    assert.match(say(withError(silent, "ICMP time exceeded code 0")), /no need-frag/);
    const once = told(caseOf(), (one) => (one.bytes === 1451 ? thrice(one).slice(0, 1) : [one]));
    assert.equal(say(once), "pass");
  });

  it("is inconclusive where nothing was answered, and does not apply where packets must be dropped or nothing was sent", () => {
    assert.match(say(told(caseOf(), thrice)), /^inconclusive: no datagram of any size was answered/);
    assert.equal(say(caseOf("none/pod-to-pod/cross-subnet/v4/a1->b1")), "does not apply");
    assert.equal(say(caseAsExpected(expectationOf(plan, across))), "does not apply");
  });
});
