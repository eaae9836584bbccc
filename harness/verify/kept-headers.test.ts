import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { HeaderVariant } from "../observe/observation.ts";
import type { ProbeKind } from "../probe/probe.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withSightings } from "./case.fixture.ts";
import { conservation } from "./conservation.ts";
import type { PathCase } from "./verdict.ts";

type Split = (all: readonly HeaderVariant[]) => readonly HeaderVariant[];

describe("what packets were sent with", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const caseOf = (...kinds: readonly ProbeKind[]) =>
    caseAsExpected(expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1"), kinds);
  const say = (pathCase: PathCase) => gist(conservation.judge(pathCase));
  const from = (pathCase: PathCase, to: Split, kind: ProbeKind, ...taps: readonly string[]) =>
    taps.reduce((all, at) => withSightings(all, { at, direction: "forward", kind, to }), pathCase);
  const after = ["a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0", "b1/cali"];
  const marked =
    (tos: number): Split =>
    (all) =>
      all.map((one) => ({ ...one, tos }));
  const half =
    (tos: number, packets: number): Split =>
    (all) =>
      all.flatMap((one) => [
        { ...one, packets: one.packets - packets },
        { ...one, tos, packets },
      ]);

  it("stays in them: another DSCP is told where it shows first", () => {
    assert.equal(
      say(from(caseOf("ping"), marked(32), "ping", ...after)),
      "fail (changed on the way): forward at a1/eth0: DSCP 8, sent with 0",
    );
    assert.match(say(from(caseOf("ping"), marked(32), "ping", "b1/cali")), /forward at b1\/cali\w+: DSCP 8, sent/);
    assert.equal(say(from(caseOf("ping"), marked(3), "ping", ...after)), "pass", "ECN is the network's to write");
  });

  it("is counted where each packet shows once: marks that are taken away leave none that is new", () => {
    const first = from(caseOf("ping"), half(184, 4), "ping", "a1/cali");
    assert.equal(say(from(first, half(184, 4), "ping", ...after)), "pass");
    assert.match(say(first), /at a1\/eth0: DSCP 0 in 10 packets, of which 6 were sent with it/);
    const merged = from(caseOf("bulk"), half(184, 4), "bulk", "a1/cali");
    assert.doesNotMatch(say(merged), /changed/, "segments are merged and split");
  });

  it("is less one of its TTL for each that forwards, and perhaps some that nobody sees", () => {
    const ttl =
      (value: number): Split =>
      (all) =>
        all.map((one) => ({ ...one, ttl: value }));
    assert.match(
      say(from(caseOf("ping"), ttl(10), "ping", "b1/eth0", "b1/cali")),
      /^fail \(changed on the way\): forward at b1\/eth0: TTL 10 after 2 hops, sent with 63/,
    );
    assert.match(say(from(caseOf("ping"), ttl(128), "ping", "b1/cali")), /TTL 128 after 3 hops, sent with 63/);
    assert.equal(say(from(caseOf("ping"), ttl(60), "ping", "b1/cali")), "pass");
  });
});
