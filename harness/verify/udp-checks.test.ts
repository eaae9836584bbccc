import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Direction } from "../observe/observation.ts";
import type { DatagramResult } from "../probe/udp/datagram.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, datagramsSent, gist, withResults, withSightings } from "./case.fixture.ts";
import { conservation } from "./conservation.ts";
import { flows } from "./flows.ts";
import { sizes } from "./sizes.ts";
import type { PathCase } from "./verdict.ts";

const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
const forwardTaps = ["a1/cali", "a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0", "b1/cali"];
const reverseTaps = [...forwardTaps].reverse();

/** The case in which, of these datagrams and all their copies, nothing is seen from a tap on, nor anything of their answers. */
function lose(
  pathCase: PathCase,
  numbers: readonly number[],
  from: string,
  copies = 2,
  direction: Direction = "forward",
) {
  const again = Array.from({ length: copies + 1 }, (_, copy) => copy * 1024);
  const isLost = (number: number): boolean => numbers.includes(number % 1024);
  const datagrams: readonly DatagramResult[] = datagramsSent.flatMap((one) =>
    (isLost(one.number) ? again : [0]).map((step) => ({
      ...one,
      number: one.number + step,
      copy: step / 1024,
      answered: !isLost(one.number),
    })),
  );
  const before = withResults(
    pathCase,
    { datagrams, sent: datagrams.length, received: datagrams.filter(({ answered }) => answered).length },
    "udp",
  );
  const way = direction === "forward" ? forwardTaps : reverseTaps;
  const hears = (at: string, heard: Direction): boolean =>
    heard === direction ? way.indexOf(at) < way.indexOf(from) : heard === "forward";
  return (["forward", "reverse"] as const).reduce(
    (all, heard) =>
      forwardTaps.reduce(
        (one, at) =>
          withSightings(one, {
            at,
            direction: heard,
            kind: "udp",
            to: (variants) => variants,
            flows: (accounts) =>
              accounts.map((account) => ({
                ...account,
                pieces: datagrams
                  .filter(({ flow, number }) => account.flow === `udp ${flow}` && (!isLost(number) || hears(at, heard)))
                  .map(({ number }) => ({ from: number, to: number + 1, times: 1 }))
                  .sort((a, b) => a.from - b.from),
              })),
          }),
        all,
      ),
    before,
  );
}

describe("checks of datagrams", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const caseOf = (kinds: Parameters<typeof caseAsExpected>[1] = ["ping", "udp"]) =>
    caseAsExpected(expectationOf(plan, across), kinds);
  const dead = () => {
    const datagrams = datagramsSent.map((one) => ({ ...one, answered: false }));
    return withResults(caseOf(), { datagrams, received: 0 }, "udp");
  };

  describe("sizes", () => {
    const say = (pathCase: PathCase) => gist(sizes.judge(pathCase));

    it("passes when all sizes do, and does not apply without a ladder", () => {
      assert.equal(say(caseOf()), "pass");
      assert.equal(sizes.judge(caseOf())?.expected, "all of 5 sizes from 104 to 1450 bytes");
      assert.equal(say(caseOf(["ping"])), "does not apply");
    });

    it("finds a hole, its place and its neighbors", () => {
      assert.equal(
        say(lose(caseOf(), [6], "tor/eth1")),
        "fail (size-dependent loss): datagrams of 1200 bytes do not pass (none of 3 answered, lost forward between tor/eth0 and tor/eth1), while 800 and 1450 bytes pass",
      );
      assert.match(
        say(lose(caseOf(), [5, 6], "tor/eth0", 2, "reverse")),
        /^fail \(size-dependent loss\): datagrams of 800 and 1200 bytes .* lost reverse between tor\/eth1 and tor\/eth0/,
      );
    });

    it("calls it the MTU where all that is larger is lost, or refused by the sender's own kernel", () => {
      assert.match(
        say(lose(caseOf(), [6, 7], "b1/eth0")),
        /^fail \(wrong MTU\): datagrams of 1200 and 1450 bytes .*, while 800 bytes pass$/,
      );
      const datagrams = datagramsSent.map((one) =>
        one.bytes === 1450 ? { ...one, answered: false, refused: "Message too long" } : one,
      );
      assert.match(
        say(withResults(caseOf(), { datagrams }, "udp")),
        /^fail \(wrong MTU\): datagrams of 1450 bytes do not pass \(refused by the sender's kernel: Message too long\)/,
      );
    });

    it("does not take a single loss for a matter of size", () => {
      assert.equal(say(lose(caseOf(), [6], "tor/eth1", 0)), "pass");
    });

    it("knows nothing where nothing of the flow is answered", () => {
      assert.match(say(dead()), /^inconclusive: no datagram of this flow was answered/);
    });
  });

  describe("flows", () => {
    const say = (pathCase: PathCase) => gist(flows.judge(pathCase));

    it("passes when all flows do, and does not apply to one alone", () => {
      assert.equal(say(caseOf()), "pass");
      const one = datagramsSent.slice(0, 1);
      assert.equal(say(withResults(caseOf(), { datagrams: one }, "udp")), "does not apply");
    });

    it("tells what lost flows have in common", () => {
      assert.equal(
        say(lose(caseOf(), [1, 3], "tor/eth1")),
        "fail (flow-dependent loss): forward: 2 of 4 flows never arrive at tor/eth1, however often they try, and the others do; " +
          "source ports on the wire: lost 50001, 50003, passed 50000, 50002 (lost: all odd, passed: all even): looks like one member of an ECMP group or bond",
      );
      assert.match(
        say(lose(caseOf(), [2], "tor/eth0", 2, "reverse")),
        /^fail \(flow-dependent loss\): reverse: 1 of 4 flows never arrive at tor\/eth0/,
      );
    });

    it("does not take single losses for lost flows", () => {
      assert.equal(say(lose(caseOf(), [1], "tor/eth1", 0)), "pass");
      assert.equal(say(lose(caseOf(), [4, 6], "tor/eth1")), "pass", "flow 0 has others that came through");
    });

    it("knows nothing where nothing is answered", () => {
      assert.match(say(dead()), /^inconclusive: no datagram was answered/);
    });
  });

  it("conservation counts datagrams by number, whatever their flow", () => {
    assert.match(
      gist(conservation.judge(lose(caseOf(), [1, 6], "tor/eth1", 0))),
      /^fail \(lost on the way\): forward: 2 of 8 udp packets were lost between tor\/eth0 and tor\/eth1$/,
    );
  });

  it("conservation leaves it open why some were not answered by the target's program", () => {
    assert.match(
      gist(conservation.judge(lose(caseOf(), [2], "b1/cali", 0, "reverse"))),
      /^inconclusive: b1-p1 left 1 of 8 datagrams unanswered that arrived there: it may have been late/,
    );
  });
});
