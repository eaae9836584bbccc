import assert from "node:assert/strict";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { expectationOf, modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { caseAsExpected } from "../verify/case.fixture.ts";
import { agreeing } from "../verify/node-facts.fixture.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Incident } from "./cause.ts";
import { passingChange } from "./passing-change.ts";

const plan = await planOf("two-racks");
const id = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
const near = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a2->a1";
const heard = "vxlan-cross-subnet/sentinel/a1";
const base = { status: "fail", expected: "", observed: "", evidence: [] } as const;
const change = "forward: 4 of 5 ping packets at a1/eth0 were plain, not VXLAN";

const found = (reason: string, troubled = false, network: object = { plan }, more: readonly Verdict[] = []) => {
  const failed: readonly Verdict[] = [
    { ...base, id, check: "encapsulated", reason },
    {
      ...base,
      id: heard,
      check: "sentinel",
      reason:
        "a1/eth0: plain packets from a1 to b1, where VXLAN is due (84 packets, from 05:58:00.182 to 05:58:00.826)",
    },
    ...more,
  ];
  const troubles = troubled ? [{ kind: "stray route", text: "unexpected route" } as const] : [];
  const nodes = [{ expected: { node: "a1" }, troubles } as unknown as NodeJudgment];
  const asked = [id, near].map((path) => caseAsExpected(expectationOf(plan, path)));
  return passingChange.find({ asked, failed, nodes, network } as unknown as Incident);
};

describe("a node that changed while probes ran, and back", () => {
  it("is told where packets of one probe left it in two forms, with the time", () => {
    const [cause, ...more] = found(change);
    assert.deepEqual(more, []);
    assert.equal(
      cause?.sentence,
      "a1 changed how it sends while probes ran, and back (from 05:58:00.182 to 05:58:00.826): " +
        "4 of 5 ping packets at a1/eth0 were plain, not VXLAN; before and after its kernel was as it must be",
    );
    assert.deepEqual(cause.explains, [id, heard]);
  });

  it("is not told where all of them did, where the node only passed them on, or where its kernel is wrong", () => {
    assert.deepEqual(found("forward: 5 of 5 ping packets at a1/eth0 were plain, not VXLAN"), []);
    assert.deepEqual(found("forward: 4 of 5 ping packets at tor/eth0 were plain, not VXLAN"), []);
    assert.deepEqual(found(change, true), []);
  });

  it("explains probes that it met from first to last, where another shows that it was a moment", () => {
    const whole = (form: string) => `reverse: 5 of 5 curl packets at a1/eth0 were ${form}`;
    const of = (reason: string) =>
      found(change, false, { plan }, [{ ...base, id: near, check: "not-encapsulated", reason }]).flatMap(
        ({ explains }) => explains,
      );
    assert.deepEqual(of(whole("plain, not VXLAN")), [id, near, heard]);
    assert.deepEqual(of(whole("IPIP, not plain")), [id, heard], "in another form it is another thing");
  });

  it("is told of each node by itself, by the two checks of the form alone, with the words of both as evidence", () => {
    const other = "forward: 2 of 5 ping packets at a2/eth0 were VXLAN, not plain";
    const [first, second, ...more] = found(change, false, { plan }, [
      { ...base, id: near, check: "not-encapsulated", reason: other },
      { ...base, id: near, check: "reached", reason: other.replace("2 of 5", "3 of 5") },
      { ...base, id: near, check: "reached", reason: "a1/eth0: plain packets from a1 to b1" },
      {
        ...base,
        id: "vxlan-cross-subnet/sentinel/b1",
        check: "sentinel",
        reason: "b1/eth0: IPIP packets from a1 to b1",
      },
    ]);
    assert.deepEqual(more, []);
    assert.deepEqual(first?.explains, [id, heard]);
    assert.match(first.evidence[0] ?? "", /^a1\/eth0: plain packets from a1 to b1, .*826\)$/);
    assert.deepEqual(first.evidence.slice(1), ["4 of 5 ping packets at a1/eth0 were plain, not VXLAN"]);
    assert.match(
      second?.sentence ?? "",
      /^a2 changed how it sends while probes ran, and back: 2 of 5 ping packets at a2/,
    );
    assert.deepEqual([second?.explains, second?.evidence], [[near], [other.replace("forward: ", "")]]);
  });

  it("is not told where packets had another address than they must have, by which they go another way", () => {
    const translated = "forward at a1/eth0: source 198.18.9.11, not 198.19.0.0";
    assert.deepEqual(
      found(change, false, { plan }, [{ ...base, id, check: "source-address", reason: translated }]),
      [],
    );
  });

  it("explains paths with another address too, where others met the change", () => {
    const mixed = "forward: 2 of 5 ping packets at a1/eth0 were VXLAN, not plain";
    const [cause] = found(change, false, { plan }, [
      { ...base, id: near, check: "not-encapsulated", reason: mixed.replace("forward", "reverse") },
      { ...base, id: near, check: "source-address", reason: "reverse at a1/eth0: source 198.19.0.0, not 198.18.1.11" },
    ]);
    assert.deepEqual(cause?.explains, [id, near, heard]);
  });

  it("is not told where the kernel was wrong before the probes", () => {
    const mode = modeOf("vxlan-cross-subnet");
    const identities = identitiesFromAllocation(plan, mode);
    const sound = expectControlPlane(plan, mode, identities).map(agreeing);
    const before = (changed: (facts: NodeFacts) => NodeFacts) =>
      found(change, false, { plan, mode, identities, before: { nodes: sound.map(changed) } });
    const withoutRoutes = (node: string) => (facts: NodeFacts) =>
      facts.node === node ? { ...facts, routes: [] } : facts;
    assert.equal(before((facts) => facts).length, 1);
    assert.equal(before(withoutRoutes("b2")).length, 1);
    assert.deepEqual(before(withoutRoutes("a1")), []);
  });
});
