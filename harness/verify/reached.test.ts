import assert from "node:assert/strict";
import { expectationOf, planOf, planWith } from "../encap/plan.fixture.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import {
  caseAsExpected,
  gist,
  inForm,
  tapOf,
  withHealth,
  withResults,
  withoutPackets,
  withSightings,
} from "./case.fixture.ts";
import { reached } from "./reached.ts";
import type { PathCase } from "./verdict.ts";

const say = (pathCase: PathCase) => gist(reached.judge(pathCase));
let plan: Plan;
before(async () => {
  plan = await planOf("two-racks");
});

describe("reached", () => {
  const caseOf = (id: string) => caseAsExpected(expectationOf(plan, id), ["ping", "curl"]);
  const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
  const unanswered = () => withResults(caseOf(across), { received: 0, exitCode: 1 });

  it("passes when every request is answered", () => {
    assert.equal(say(caseOf(across)), "pass");
    assert.equal(reached.judge(caseOf(across))?.observed, "ping 10 of 10, curl 1 of 1");
  });

  it("names the hop at which packets end: UDP 4789 dropped in the router", () => {
    const back = withoutPackets(
      unanswered(),
      "reverse",
      "b1/cali",
      "b1/eth0",
      "tor/eth1",
      "tor/eth0",
      "a1/eth0",
      "a1/cali",
    );
    const dropped = withoutPackets(back, "forward", "tor/eth1", "b1/eth0", "b1/cali");
    assert.match(
      say(dropped),
      /^fail \(not reached\): none of 10 ping requests was answered; forward: seen at tor\/eth0, not at tor\/eth1; /,
    );
  });

  it("names the hop of the answers when requests arrive", () => {
    const dropped = withoutPackets(unanswered(), "reverse", "tor/eth0", "a1/eth0", "a1/cali");
    assert.match(say(dropped), /; reverse: seen at tor\/eth1, not at tor\/eth0/);
  });

  it("does not hide behind a tap in doubt, but says so", () => {
    const dropped = withoutPackets(unanswered(), "reverse", "tor/eth0", "a1/eth0", "a1/cali");
    assert.match(
      say(withHealth(dropped, "tor/eth0", { doubts: ["file cut"] })),
      /^fail .*not at tor\/eth0 \(but the capture at tor\/eth0 is in doubt/,
    );
  });

  it("tells single losses from unreachable", () => {
    const nine = withSightings(withResults(caseOf(across), { sent: 10, received: 9 }), {
      at: "a1/cali",
      direction: "reverse",
      kind: "ping",
      to: (all) => all.map((one) => ({ ...one, packets: 9 })),
    });
    assert.match(say(nine), /^fail \(lost on the way\): 1 of 10 ping requests got no answer/);
  });

  it("believes the last tap and not ping, which stops to wait", () => {
    assert.match(
      say(withResults(caseOf(across), { sent: 10, received: 9 }, "ping")),
      /^inconclusive: ping counted 9 of 10 answers, and 10 arrived at the last tap: ping itself may have been late/,
    );
    assert.match(say(unanswered()), /^fail \(not reached\): none of 10 ping requests was answered; .*the last tap/);
    const late = withSightings(unanswered(), {
      at: "a1/cali",
      direction: "reverse",
      kind: "ping",
      to: (all) => all,
      flows: (flows) => flows.map((flow) => ({ ...flow, lastAt: 1.75 })),
    });
    assert.match(say(late), /none of 1 curl/, "curl has no such excuse");
    const onlyPing = { ...late, results: late.results.filter(({ probe }) => probe.kind === "ping") };
    assert.match(say(onlyPing), /^inconclusive: ping counted 0 of 10 answers, .*the last came later than ping waits/);
  });

  it("does not take a killed program for a broken network, unless something was lost", () => {
    const killed = withResults(caseOf(across), { received: 0, exitCode: 137 }, "curl");
    assert.match(say(killed), /^inconclusive: curl was ended by signal 9, and nothing of what it had sent was lost/);
    const lost = withoutPackets(killed, "forward", "b1/cali");
    assert.match(say(lost), /^fail \(not reached\): none of 1 curl requests was answered/);
    assert.match(say(withResults(killed, { exitCode: 28 }, "curl")), /^fail \(not reached\)/);
  });

  it("doubts a connection that took a second while its SYN was answered at once", () => {
    const slow = withResults(caseOf(across), { connectMs: 1003 }, "curl");
    assert.match(say(slow), /^inconclusive: curl needed 1\.0 s to connect, and the SYN .* answered after 0\.0 ms/);
    const again = withSightings(slow, {
      at: "a1/cali",
      direction: "forward",
      kind: "curl",
      to: (all) => all,
      flows: (flows) => flows.map((flow) => ({ ...flow, openings: [1.5, 2.5] })),
    });
    assert.equal(say(again), "pass", "the taps account for a SYN that was sent again");
  });

  it("passes on ICMP errors that came back", () => {
    const refused = unanswered();
    const error = { tap: tapOf(refused, "tor/eth0"), from: "198.18.1.1", text: "host unreachable" };
    const observations = refused.observations.map((one) => ({ ...one, icmpErrors: [error] }));
    assert.match(say({ ...refused, observations }), /198\.18\.1\.1 answered "host unreachable"/);
  });

  it("is inconclusive when nothing was sent or no probe ran", () => {
    assert.match(
      say(withResults(caseOf(across), { sent: 0, received: 0, exitCode: 2, output: "ping: no such device" })),
      /^inconclusive: ping sent nothing .*no such device\): repair the probe/,
    );
    assert.match(say({ ...caseOf(across), results: [] }), /^inconclusive: no probe of this path ran/);
  });
});

describe("reached, where packets must be dropped", () => {
  const dying = "none/pod-to-pod/cross-subnet/v4/a1->b1";
  const caseOf = (id = dying, from = plan) => caseAsExpected(expectationOf(from, id), ["ping", "curl"]);

  it("passes when packets are seen to come to the router and not to leave it", () => {
    const verdict = reached.judge(caseOf());
    assert.equal(gist(verdict), "pass");
    assert.equal(verdict?.expected, "forward is dropped at tor: tor has no route to 198.19.0.128/26 (fabric: none)");
    assert.match(verdict.observed, /ping last seen at tor\/eth0 and 0 answered/);
  });

  it("does not pass on silence alone", () => {
    const unseen = withoutPackets(caseOf(), "forward", "a1/cali", "a1/eth0", "tor/eth0");
    assert.match(
      say(unseen),
      /^inconclusive: forward: ping packets were seen at no tap, so nothing proves that they end at tor/,
    );
    assert.match(say({ ...caseOf(), observations: [] }), /^inconclusive: no probe of this path was observed/);
  });

  it("does not take a deaf tap behind the router for proof, unless the router refused", () => {
    const deaf = withHealth(caseOf(), "tor/eth1", { packets: 0 });
    assert.match(say(deaf), /^inconclusive: the tap tor\/eth1 saw nothing at all/);
    const refusal = { tap: tapOf(deaf, "tor/eth0"), from: "198.18.1.1", text: "Destination net unreachable" };
    const refused = { ...deaf, observations: deaf.observations.map((one) => ({ ...one, icmpErrors: [refusal] })) };
    assert.equal(say(refused), "pass");
  });

  it("fails when packets survive or are answered", () => {
    assert.match(
      say(inForm(caseOf(), "forward", "plain", "tor/eth1")),
      /^fail \(leak\): forward: 10 ping packets at tor\/eth1, behind tor/,
    );
    assert.match(
      say(withResults(caseOf(), { received: 1 })),
      /^fail \(leak\): forward: 1 ping requests were answered, though packets must end at tor/,
    );
  });

  it("fails when they end before the place where they must, unless that tap is in doubt", () => {
    const early = withoutPackets(caseOf(), "forward", "tor/eth0");
    assert.match(
      say(early),
      /^fail \(lost on the way\): forward: seen at a1\/eth0, not at tor\/eth0: ended before tor/,
    );
    assert.match(say(withHealth(early, "tor/eth0", { doubts: ["file cut"] })), /^inconclusive/);
  });

  it("follows answers that must be dropped to their end", async () => {
    const skewed = await planWith("two-racks", ({ name }) =>
      name === "b1" ? { registered: { 4: "198.18.2.11/16" } } : {},
    );
    const id = "ipip-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
    assert.equal(say(caseOf(id, skewed)), "pass");
    assert.match(
      say(inForm(caseOf(id, skewed), "reverse", "plain", "tor/eth0")),
      /^fail \(leak\): reverse: 10 ping packets at tor\/eth0, behind tor/,
    );
  });

  it("takes the node's own error for proof where packets do not even leave it", async () => {
    const wide = await planOf("wide-prefix");
    const routers = wide.topology.routers.map((router) => ({ ...router, proxyArp: false }));
    const stuck = planTopology({ ...wide.topology, routers });
    const host = caseOf("vxlan-cross-subnet/host-to-pod/cross-subnet/v4/a1->b1", stuck);
    assert.match(say(host), /^inconclusive: forward: ping packets end in a1 before any tap, and no error reports it/);
    assert.equal(
      say(withResults(host, { errors: ["From 198.18.1.11 icmp_seq=1 Destination Host Unreachable"] })),
      "pass",
    );
    assert.equal(say(caseOf("vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1", stuck)), "pass");
  });
});
