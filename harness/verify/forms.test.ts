import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import {
  caseAsExpected,
  gist,
  inForm,
  variantOf,
  withHeaders,
  withHealth,
  withResults,
  withSightings,
  withoutPackets,
} from "./case.fixture.ts";
import { encapsulated } from "./encapsulated.ts";
import { notEncapsulated } from "./not-encapsulated.ts";
import { sourceAddress } from "./source-address.ts";
import type { PathCase } from "./verdict.ts";

let plan: Plan;
before(async () => {
  plan = await planOf("two-racks");
});

function caseOf(id: string): PathCase {
  return caseAsExpected(expectationOf(plan, id), ["ping", "curl", "bulk"]);
}

const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
const inside = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2";
const within = "vxlan-cross-subnet/pod-to-pod/same-node/v4/a1->a1";
const ipip = "ipip-always/pod-to-pod/cross-subnet/v4/a1->b1";
const dying = "none/pod-to-pod/cross-subnet/v4/a1->b1";

describe("packets that must not leave their node", () => {
  const path = "none/pod-to-pod/cross-subnet/v4/a1->b1";

  it("have no form between nodes that could be judged, and the addresses that were dialed", () => {
    const felix = planTopology({ ...plan.topology, routeOwner: "felix" });
    const stuck = caseAsExpected(expectationOf(felix, path));
    assert.match(stuck.expectation.forward.dies?.because ?? "", /no host on rack-a answers/);
    assert.equal(notEncapsulated.judge(stuck), undefined);
    const dialed = expectationOf(felix, "none/pod-to-clusterip/cross-subnet/v4/a2->b1");
    const clusterIp = withHeaders(caseAsExpected(dialed), "a2/cali", "forward", { destination: dialed.dials });
    assert.equal(gist(sourceAddress.judge(clusterIp)), "pass");
    const elsewhere = withHeaders(caseAsExpected(dialed), "a2/cali", "forward", { destination: "198.19.192.99" });
    assert.match(gist(sourceAddress.judge(elsewhere)), /^fail \(wrong source address\)/);
  });
});

describe("encapsulated", () => {
  const say = (pathCase: PathCase) => gist(encapsulated.judge(pathCase));

  it("passes when every packet is encapsulated at every tap in both directions", () => {
    const verdict = encapsulated.judge(caseOf(across));
    assert.equal(verdict?.status, "pass");
    assert.equal(verdict.expected, "VXLAN at a1/eth0, tor/eth0, tor/eth1 and b1/eth0, both directions");
    assert.equal(verdict.observed, "VXLAN 10 of 10 (VNI 4096), both directions");
    assert.match(verdict.evidence[0] ?? "", /^a1\/eth0 \(a1\.pcap #7\):$/);
    assert.equal(say(caseOf(ipip)), "pass");
  });

  it("does not apply where nothing is to be encapsulated", () => {
    assert.deepEqual(
      [inside, within, dying].map((id) => say(caseOf(id))),
      Array(3).fill("does not apply"),
    );
  });

  it("fails as a leak on a single plain packet, naming hop and direction", () => {
    const leaking = withSightings(caseOf(across), {
      at: "tor/eth1",
      direction: "reverse",
      kind: "ping",
      to: (variants) => [...variants.map((variant) => ({ ...variant, packets: 9 })), variantOf("plain", 1)],
    });
    assert.equal(say(leaking), "fail (leak): reverse: 1 of 10 ping packets at tor/eth1 were plain, not VXLAN");
  });

  it("fails on the wrong encapsulation", () => {
    assert.match(
      say(inForm(caseOf(ipip), "forward", "vxlan", "a1/eth0")),
      /^fail \(needless encapsulation\): forward: .* were VXLAN, not IPIP/,
    );
  });

  it("keeps a leak a failure when captures are in doubt, and makes a pass inconclusive", () => {
    const doubtful = withHealth(caseOf(across), "b1/eth0", { doubts: ["412 packets dropped by the kernel"] });
    assert.match(
      say(doubtful),
      /^inconclusive: the capture at b1\/eth0 is in doubt \(412 packets dropped by the kernel\): capture again/,
    );
    assert.match(say(inForm(doubtful, "forward", "plain", "a1/eth0")), /^fail \(leak\)/);
  });

  it("is inconclusive, never a failure, when nothing was seen", () => {
    const all = ["a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0"];
    const nothing = withoutPackets(withoutPackets(caseOf(across), "forward", ...all), "reverse", ...all);
    assert.match(say(nothing), /^inconclusive: /);
    assert.equal(encapsulated.judge(nothing)?.observed, "nothing, both directions");
    assert.match(say({ ...caseOf(across), observations: [] }), /^inconclusive: no probe of the path was observed/);
  });

  it("distrusts a tap that missed packets which later taps saw", () => {
    const deaf = withoutPackets(caseOf(across), "forward", "tor/eth1");
    assert.match(
      say(deaf),
      /^inconclusive: forward: tap tor\/eth1 saw none of the 10 ping packets that went on from there, so it cannot be trusted: check that tcpdump listens/,
    );
  });

  it("claims nothing about taps that packets never came to", () => {
    const dropped = withResults(caseOf(across), { received: 0 });
    const lost = withoutPackets(
      withoutPackets(dropped, "forward", "tor/eth1", "b1/eth0", "b1/cali"),
      "reverse",
      "a1/cali",
      "a1/eth0",
      "tor/eth0",
      "tor/eth1",
      "b1/eth0",
      "b1/cali",
    );
    assert.match(
      say(lost),
      /^inconclusive: forward: none of 10 ping packets arrived at tor\/eth1 as VXLAN, so their form there is unknown/,
    );
  });

  it("is inconclusive without any capture at a tap", () => {
    assert.match(
      say(withHealth(caseOf(across), "tor/eth0", undefined)),
      /^inconclusive: nothing was captured at tor\/eth0/,
    );
  });
});

describe("not-encapsulated", () => {
  const say = (pathCase: PathCase) => gist(notEncapsulated.judge(pathCase));

  it("passes when every packet is plain, also on a way that must end", () => {
    assert.deepEqual(
      [inside, dying].map((id) => say(caseOf(id))),
      ["pass", "pass"],
    );
    const verdict = notEncapsulated.judge(caseOf(inside));
    assert.deepEqual(
      [verdict?.expected, verdict?.observed],
      ["plain at a1/eth0 and a2/eth0, both directions", "plain 10 of 10, both directions"],
    );
    assert.equal(
      notEncapsulated.judge(caseOf(dying))?.expected,
      "forward plain at a1/eth0 and tor/eth0, ending at tor",
    );
  });

  it("does not apply where all is to be encapsulated, or nothing leaves the node", () => {
    assert.deepEqual(
      [across, within].map((id) => say(caseOf(id))),
      ["does not apply", "does not apply"],
    );
  });

  it("fails on needless encapsulation in one direction", () => {
    const stale = inForm(caseOf(inside), "forward", "vxlan", "a1/eth0", "a2/eth0");
    assert.match(
      say(stale),
      /^fail \(needless encapsulation\): forward: 10 of 10 ping packets at a1\/eth0 were VXLAN, not plain; /,
    );
    assert.equal(notEncapsulated.judge(stale)?.observed, "forward VXLAN 10 of 10; reverse plain 10 of 10");
  });

  it("fails when only bulk TCP takes the tunnel", () => {
    const bulk = withSightings(caseOf(inside), {
      at: "a1/eth0",
      direction: "forward",
      kind: "bulk",
      to: () => [variantOf("ipip", 3)],
    });
    assert.match(say(bulk), /3 of 3 bulk packets at a1\/eth0 were IPIP, not plain/);
  });

  it("is inconclusive for pings that vanished and captures in doubt", () => {
    const fewer = withSightings(caseOf(inside), {
      at: "a2/eth0",
      direction: "forward",
      kind: "ping",
      to: (all) => all.map((one) => ({ ...one, packets: 8 })),
    });
    assert.match(say(fewer), /^inconclusive: forward: tap a2\/eth0 saw only 8 of the 10 ping packets that went on/);
    assert.match(
      say(withHealth(caseOf(inside), "a2/eth0", { doubts: ["file cut"] })),
      /^inconclusive: the capture at a2\/eth0 is in doubt/,
    );
  });
});
