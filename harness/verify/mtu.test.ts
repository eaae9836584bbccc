import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withHeaders, withoutPackets, withResults } from "./case.fixture.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { mtu } from "./mtu.ts";
import type { PathCase } from "./verdict.ts";

describe("mtu", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const caseOf = (id = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2") =>
    caseAsExpected(expectationOf(plan, id), ["mtu"]);
  const say = (sizes: { fits: boolean; oneMore: boolean }) => gist(mtu.judge(withResults(caseOf(), { mtu: sizes })));

  it("passes when exactly the pods' MTU passes", () => {
    const verdict = mtu.judge(caseOf());
    assert.equal(verdict?.status, "pass");
    assert.deepEqual(
      [verdict.expected, verdict.observed],
      ["1450 bytes pass, 1451 do not", "1450 bytes passed, 1451 did not"],
    );
  });

  it("fails when the MTU is too small or too large", () => {
    assert.match(
      say({ fits: false, oneMore: false }),
      /^fail \(wrong MTU\): forward: a packet of 1450 bytes, the pods' MTU, did not pass/,
    );
    assert.match(say({ fits: true, oneMore: true }), /^fail \(wrong MTU\): forward: a packet of 1451 bytes passed/);
  });

  it("calls no size wrong where nothing of any size comes through", () => {
    const both = caseAsExpected(caseOf().expectation, ["ping", "mtu"]);
    const dead = withResults(both, { received: 0, mtu: { fits: false, oneMore: false } });
    assert.match(gist(mtu.judge(dead)), /^inconclusive: no small packet was answered/);
    const alive = withResults(both, { mtu: { fits: false, oneMore: false } }, "mtu");
    assert.match(gist(mtu.judge(alive)), /^fail \(wrong MTU\)/);
  });

  describe("behind a link that is narrower than the nodes' own", () => {
    const behind = async (id: string, topology = "narrow-core") =>
      caseAsExpected(expectationOf(await planOf(topology), id), ["mtu"]);
    const vxlan = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
    const cut = (pathCase: PathCase, ...names: readonly string[]) =>
      names.reduce((before, at) => withHeaders(before, at, "forward", { fragment: true }), pathCase);
    const core = ["r1/eth1", "r2/eth0", "r2/eth1", "b1/eth0"];

    it("asks for fragments from that link on where the outer header allows them", async () => {
      const good = cut(await behind(vxlan), ...core);
      assert.equal(mtu.judge(good)?.expected, "1450 bytes pass in fragments from r1/eth1 on, 1451 do not");
      assert.equal(gist(mtu.judge(good)), "pass");
      assert.match(
        gist(mtu.judge(await behind(vxlan))),
        /^fail \(wrong MTU\): .* passed r1\/eth1 whole, where the link carries less/,
      );
      assert.match(gist(mtu.judge(cut(good, "r1/eth0"))), /passed r1\/eth0 in fragments: the underlay is too small/);
      assert.match(
        gist(mtu.judge(withoutPackets(good, "forward", "r2/eth0"))),
        /^inconclusive: nothing of the MTU probe/,
      );
    });

    it("asks for smaller packets where DF is copied to the outer header, and on plain ways", async () => {
      const ipip = await behind("ipip-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
      assert.equal(mtu.judge(ipip)?.expected, "1380 bytes pass, 1381 do not");
      assert.deepEqual([ipip.expectation.podMtu, ipip.expectation.fragments], [1480, undefined]);
    });

    it("changes nothing where no narrow link is on the way", async () => {
      const near = await behind("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2");
      assert.deepEqual([near.expectation.pathMtu, near.expectation.fragments], [undefined, undefined]);
      assert.match(gist(mtu.judge(cut(near, "a2/eth0"))), /passed a2\/eth0 in fragments: the underlay is too small/);
    });
  });

  it("is inconclusive when the probe told nothing, or tried another size", () => {
    const { results, ...rest } = caseOf();
    const silent = results.map(
      (result) => Object.fromEntries(Object.entries(result).filter(([key]) => key !== "mtu")) as unknown as ProbeResult,
    );
    assert.match(gist(mtu.judge({ ...rest, results: silent })), /^inconclusive: the MTU probe did not complete/);
    const other = results.map((result) => ({ ...result, probe: { ...result.probe, mtu: 1400 } }));
    assert.match(gist(mtu.judge({ ...rest, results: other })), /^inconclusive: the probe tried 1400 bytes, not 1450/);
  });

  it("does not apply without such a probe, or where packets must be dropped", () => {
    assert.equal(mtu.judge({ ...caseOf(), results: [] }), undefined);
    assert.equal(mtu.judge(caseOf("none/pod-to-pod/cross-subnet/v4/a1->b1")), undefined);
  });
});
