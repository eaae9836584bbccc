import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { FlowAccount } from "../observe/observation.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, streamBytes, tapOf, withHealth, withResults, withSightings } from "./case.fixture.ts";
import { conservation } from "./conservation.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

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
    assert.equal(
      conservation.judge(caseOf())?.observed,
      "ping forward 10 packets at each of 6 taps; ping reverse 10 packets at each of 6 taps; " +
        "bulk forward 10000 bytes at each of 6 taps; bulk reverse 10000 bytes at each of 6 taps",
    );
  });

  it("takes packets of a program that was ended before its report for no duplicates", () => {
    const ended = withResults(caseOf(), { sent: 0, received: 0, exitCode: 137 }, "ping");
    assert.match(say(ended), /^inconclusive: ping sent nothing/);
    assert.match(say(count(ended, "forward", 20, "tor/eth1")), /^fail \(duplicated on the way\)/);
  });

  describe("before a narrow link", () => {
    const flows = (all: readonly FlowAccount[]): readonly FlowAccount[] =>
      all.map((one) => ({
        ...one,
        pieces: [
          { from: 0, to: 4000, times: 2 },
          { from: 4000, to: streamBytes, times: 1 },
        ],
      }));
    /** Bytes that came once too often at the first taps: what came after was lost and sent again. */
    const lostAfter = async (id: string, ...taps: readonly string[]) =>
      taps.reduce(
        (before, at) => withSightings(before, { at, direction: "forward", kind: "bulk", to: (all) => all, flows }),
        caseAsExpected(expectationOf(await planOf("narrow-core"), id), ["bulk"]),
      );
    const told = (pathCase: PathCase, at: string) => {
      const error = { tap: tapOf(pathCase, at), from: "198.18.1.1", text: "ICMP fragmentation needed, mtu 1400" };
      const observations = pathCase.observations.map((one) => ({ ...one, icmpErrors: [error] }));
      return { ...pathCase, observations };
    };

    it("takes for no loss what teaches TCP its MTU, where its router said so", async () => {
      const lost = await lostAfter("none/pod-to-host/cross-subnet/v4/a1->b2", "a1/cali", "a1/eth0", "r1/eth0");
      assert.match(say(lost), /^fail \(lost on the way\): .* lost between r1\/eth0 and r1\/eth1/);
      assert.equal(say(told(lost, "r1/eth0")), "pass");
    });

    it("nor what the node tells, which would have to encapsulate it", async () => {
      const lost = await lostAfter("ipip-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1", "a1/cali");
      assert.match(say(lost), /^fail \(lost on the way\): .* lost between a1\/cali\w+ and a1\/eth0/);
      assert.equal(say(told(lost, "a1/cali")), "pass");
      const plain = await lostAfter("none/pod-to-host/cross-subnet/v4/a1->b2", "a1/cali");
      assert.match(say(told(plain, "a1/cali")), /^fail/);
    });
  });

  it("does not blame the wire for what a client sent that died before it could tell", () => {
    const known = caseAsExpected(expectationOf(plan, across), ["ping", "udp"]);
    const results = known.results.map((one) =>
      one.probe.kind === "udp" ? { ...one, datagrams: undefined, sent: 0, received: 0 } : one,
    );
    const died = { ...known, results } as unknown as PathCase;
    assert.match(say(died), /^inconclusive: udp sent nothing/);
  });

  it("names the hop at which requests were lost, once", () => {
    const lost = count(
      count(withResults(caseOf(), { received: 8 }), "forward", 8, "tor/eth1", "b1/eth0", "b1/cali"),
      "reverse",
      8,
      ...back,
    );
    assert.equal(
      say(lost),
      "fail (lost on the way): forward: 2 of 10 ping packets were lost between tor/eth0 and tor/eth1",
    );
  });

  it("names the hop at which answers were lost", () => {
    const lost = count(withResults(caseOf(), { received: 7 }), "reverse", 7, "a1/eth0", "a1/cali");
    assert.equal(
      say(lost),
      "fail (lost on the way): reverse: 3 of 10 ping packets were lost between tor/eth0 and a1/eth0",
    );
  });

  it("names the hop at which packets multiply, and expects each of them to be answered", () => {
    const doubled = count(caseOf(), "forward", 20, "tor/eth1", "b1/eth0", "b1/cali");
    const answered = count(doubled, "reverse", 20, ...back);
    assert.equal(
      say(answered),
      "fail (duplicated on the way): forward: 10 ping packets became 20 between tor/eth0 and tor/eth1",
    );
    assert.match(say(doubled), /; reverse: 10 of 20 ping packets were lost between b1-p1 and b1\/cali/);
  });

  it("knows an answer that did not come from where it must: something else answered", () => {
    const elsewhere = count(count(caseOf(), "forward", 0, "b1/cali"), "reverse", 0, "b1/cali");
    assert.match(
      say(elsewhere),
      /^fail \(lost on the way\): forward: 10 of 10 ping packets were lost between b1\/eth0 and b1\/cali\w+; reverse: 10 ping packets appeared between b1\/cali\w+ and b1\/eth0/,
    );
    const deaf = withHealth(elsewhere, "b1/cali", { packets: 0 });
    assert.match(say(deaf), /^inconclusive: forward: tap b1\/cali\w+ saw none of the 10 ping packets/);
  });

  it("distrusts the tap, not the wire, when packets were counted again later", () => {
    assert.match(
      say(count(caseOf(), "forward", 6, "tor/eth1")),
      /^inconclusive: forward: tap tor\/eth1 saw 6 of the 10 ping packets that went on from there/,
    );
    assert.match(
      say(count(caseOf(), "forward", 0, "tor/eth1")),
      /^inconclusive: forward: tap tor\/eth1 saw none of the 10 ping packets/,
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

  it("says so when a probe was not observed, and does not apply to sizes alone", () => {
    assert.equal(say(caseAsExpected(expectationOf(plan, across), ["mtu"])), "does not apply");
    assert.match(say({ ...caseOf(), observations: [] }), /^inconclusive: a probe was not observed/);
    const unheard = caseOf().observations.map((one) => (one.probe.kind === "bulk" ? { ...one, sightings: [] } : one));
    assert.match(say({ ...caseOf(), observations: unheard }), /^inconclusive: no tap saw any bulk packet/);
  });

  describe("of TCP", () => {
    type Pieces = FlowAccount["pieces"];
    const hear = (pathCase: PathCase, pieces: Pieces, ...names: readonly string[]): PathCase =>
      names.reduce(
        (before, at) =>
          withSightings(before, {
            at,
            direction: "forward",
            kind: "bulk",
            to: (all) => all,
            flows: (flows) => flows.map((flow) => ({ ...flow, pieces })),
          }),
        pathCase,
      );
    const taps = ["a1/cali", "a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0", "b1/cali"];
    const once = { from: 0, to: streamBytes, times: 1 };

    it("finds a segment that was lost and sent again, and its hop", () => {
      const again = [
        { from: 0, to: 2801, times: 1 },
        { from: 2801, to: 4199, times: 2 },
        { from: 4199, to: streamBytes, times: 1 },
      ];
      assert.equal(
        say(hear(caseOf(), again, ...taps.slice(0, 5))),
        "fail (lost on the way): forward: 1398 of 11397 bytes (1 segment) of bulk were lost between b1/eth0 and " +
          nameOf("b1/cali"),
      );
      assert.equal(say(hear(caseOf(), again, ...taps)), "pass", "sent again for nothing: both came");
    });

    it("tells a connection's first packet from the rest", () => {
      const again = [
        { from: 0, to: 1, times: 2 },
        { from: 1, to: streamBytes, times: 1 },
      ];
      const first = hear(caseOf(), again, ...taps.slice(0, 4));
      const timed = withSightings(first, {
        at: "a1/cali",
        direction: "forward",
        kind: "bulk",
        to: (all) => all,
        flows: (flows) => flows.map((flow) => ({ ...flow, openings: [1.5, 2.52] })),
      });
      assert.equal(
        say(timed),
        "fail (lost on the way): forward: 1 of 2 SYNs of bulk (sent again after 1.0 s) were lost between tor/eth1 and b1/eth0",
      );
    });

    it("counts frames that are cut later by what is in them", () => {
      const cut = hear(caseOf(), [once], "a1/cali");
      assert.equal(say(cut), "pass");
    });

    it("counts what only acknowledges", () => {
      const fewer = ["tor/eth1", "b1/eth0", "b1/cali"].reduce(
        (before, at) =>
          withSightings(before, {
            at,
            direction: "forward",
            kind: "bulk",
            to: (all) => all,
            flows: (flows) => flows.map((flow) => ({ ...flow, acks: 3 })),
          }),
        caseOf(),
      );
      assert.equal(
        say(fewer),
        "fail (lost on the way): forward: 1 of 4 acknowledgments of bulk were lost between tor/eth0 and tor/eth1",
      );
    });

    const nameOf = (name: string) => nameOfTap(tapOf(caseOf(), name));
  });
});
