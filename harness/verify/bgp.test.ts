import assert from "node:assert/strict";
import type { BgpSessionFact } from "../dataplane/dataplane.ts";
import { expectBgp, type ExpectedSpeaker } from "../encap/bgp.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { judgeBgp } from "./bgp.ts";

describe("judgeBgp", () => {
  let expected: readonly ExpectedSpeaker[];
  before(async () => {
    const plan = await planOf("bgp-fabric");
    expected = expectBgp(plan, identitiesFromAllocation(plan, modeOf("none")));
  });

  const agreeing = (): readonly BgpSessionFact[] =>
    expected.flatMap(({ at, sessions }) =>
      sessions.map(({ peer, family, learned, advertised = [] }) => ({
        at,
        peer,
        family,
        state: "Established",
        learned,
        advertised,
      })),
    );

  /** The verdict on the router, whose session with a1 is altered; undefined takes it away. */
  const judge = (change: Partial<BgpSessionFact> | undefined) => {
    const bgp = agreeing().flatMap((fact) => {
      if (fact.peer !== "a1") return [fact];
      return change === undefined ? [] : [{ ...fact, ...change }];
    });
    const [verdict] = judgeBgp(expected, { nodes: [], bgp }, modeOf("none"));
    assert.equal(verdict?.id, "none/bgp/tor");
    return verdict;
  };

  it("passes sessions that are up and brought and took what they must, and says so", () => {
    const verdict = judge({});
    assert.equal(verdict.status, "pass");
    assert.equal(verdict.expected, "4 sessions Established, 4 blocks learned");
    assert.match(
      verdict.evidence.join("\n"),
      /^tor with a1 \(IPv4\): Established, learned 198\.19\.0\.0\/26, advertised /m,
    );
  });

  it("fails a session that is not Established, or not there", () => {
    for (const [change, reason] of [
      [{ state: "Active", learned: [], advertised: [] }, "the IPv4 session of tor with a1 is Active, not Established"],
      [undefined, "the IPv4 session of tor with a1 does not exist"],
    ] as const) {
      const verdict = judge(change);
      assert.equal(verdict.status, "fail");
      assert.equal(verdict.category, "control plane");
      assert.equal(verdict.reason, reason);
    }
  });

  it("fails a session that is up and brings or tells too little", () => {
    assert.equal(judge({ learned: [] }).reason, "tor has not learned 198.19.0.0/26 from a1");
    const told = judge({ advertised: ["198.19.0.64/26", "198.19.0.128/26"] });
    assert.equal(told.reason, "tor does not advertise 198.19.0.192/26 to a1");
  });

  it("does not mind what else a session brings", () => {
    assert.equal(judge({ learned: ["198.19.0.0/26", "203.0.113.0/24"] }).status, "pass");
  });

  it("fails a session between two that should have none, but not one with somebody else", async () => {
    const plan = await planOf("reflectors");
    const none = modeOf("none");
    const speakers = expectBgp(plan, identitiesFromAllocation(plan, none), { nodes: "reflectors" });
    const good = speakers.flatMap(({ at, sessions }) =>
      sessions.map((each) => ({ at, state: "Established", ...each })),
    );
    const verdictOn = (extra: readonly BgpSessionFact[]) =>
      judgeBgp(speakers, { nodes: [], bgp: [...good, ...extra] }, none).find(({ id }) => id === "none/bgp/a2");
    const session = { at: "a2", family: 4, state: "Active" } as const;
    assert.equal(verdictOn([{ ...session, peer: "203.0.113.7" }])?.status, "pass");
    const mesh = verdictOn([{ ...session, peer: "b2" }]);
    assert.equal(mesh?.status, "fail");
    assert.equal(mesh.reason, "the IPv4 session of a2 with b2 should not be there (Active)");
  });

  it("concludes nothing where nothing is known", () => {
    const [verdict] = judgeBgp(expected, { nodes: [] }, modeOf("none"));
    assert.equal(verdict?.status, "inconclusive");
  });
});
