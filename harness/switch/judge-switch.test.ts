import assert from "node:assert/strict";
import type { Verdict } from "../verify/verdict.ts";
import type { Budget } from "./budget.ts";
import { judgeSwitch } from "./judge-switch.ts";
import { directionRecord, switchRecord } from "./switch-record.fixture.ts";
import type { DirectionRecord, SwitchRecord } from "./switch-record.ts";

const path = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
const strict: Budget = { leaksAllowed: false, maxGapMs: 50, maxLoss: 0.01 };

function withReverse(change: Partial<DirectionRecord>): SwitchRecord {
  const directions = [directionRecord({}), directionRecord({ direction: "reverse", ...change })];
  return switchRecord({ streams: [{ path, kind: "ping", directions, errors: [] }] });
}

const named = (verdicts: readonly Verdict[], check: string): Verdict | undefined =>
  verdicts.find((verdict) => verdict.check === check && verdict.status !== "pass") ??
  verdicts.find((verdict) => verdict.check === check);

describe("judgeSwitch", () => {
  it("passes a change within its budget", () => {
    const verdicts = judgeSwitch(withReverse({}), strict);
    assert.deepEqual(
      verdicts.map(({ check, status }) => `${check} ${status}`),
      ["switch-leak pass", "switch-gap pass", "switch-loss pass", "switch-followed pass", "left-behind pass"],
    );
  });

  it("judges neither gap nor loss without a limit", () => {
    const checks = judgeSwitch(withReverse({ lost: 50, gapMs: 500 }), { leaksAllowed: true }).map(({ check }) => check);
    assert.deepEqual(checks, ["switch-followed", "left-behind"]);
  });

  it("names path, direction and gap of one that is too long", () => {
    const verdict = named(judgeSwitch(withReverse({ gapMs: 203.4, gapAtMs: 120 }), strict), "switch-gap");
    assert.equal(verdict?.id, path);
    assert.equal(verdict.status, "fail");
    assert.equal(verdict.reason, "ping ← (reverse): nothing arrived for 203 ms from 0.12 s on");
  });

  it("counts losses by direction", () => {
    const verdict = named(judgeSwitch(withReverse({ lost: 3, sent: 200 }), strict), "switch-loss");
    assert.equal(verdict?.status, "fail");
    assert.match(verdict.reason ?? "", /ping ← \(reverse\): 3 of 200 packets \(1\.5 %\) did not arrive/);
    assert.equal(named(judgeSwitch(withReverse({ lost: 2, sent: 200 }), strict), "switch-loss")?.status, "pass");
  });

  it("fails a leak, unless it is allowed", () => {
    const leaks = [{ tap: "tor/eth0", form: "plain", packets: 30, fromMs: 10, toMs: 310 }] as const;
    const verdict = named(judgeSwitch(withReverse({ leaks }), strict), "switch-leak");
    assert.equal(verdict?.category, "leak");
    assert.match(verdict.reason ?? "", /plain ×30 at tor\/eth0 from 0\.01 s to 0\.31 s, where vxlan is expected/);
    assert.equal(
      named(judgeSwitch(withReverse({ leaks }), { ...strict, leaksAllowed: true }), "switch-leak"),
      undefined,
    );
  });

  it("fails a long connection that died, and one that stalled for longer than the limit", () => {
    const tcp = {
      outcome: "died",
      because: "a reset was seen",
      bytes: 1,
      retransmitted: 0,
      timeouts: 0,
      stallMs: 0,
    } as const;
    const judge = (own: typeof tcp | { readonly [Key in keyof typeof tcp]: unknown }): Verdict | undefined =>
      named(
        judgeSwitch(
          switchRecord({ streams: [{ path, kind: "tcp", directions: [], tcp: own as typeof tcp, errors: [] }] }),
          strict,
        ),
        "switch-gap",
      );
    assert.match(judge(tcp)?.reason ?? "", /long TCP connection died: a reset was seen/);
    assert.equal(judge({ ...tcp, outcome: "stalled", stallMs: 400 })?.status, "fail");
    assert.equal(judge({ ...tcp, outcome: "survived", stallMs: 20 })?.status, "pass");
  });

  it("names a node that does not follow, and what was left behind where", () => {
    const nodes = [
      { node: "a1", firstNewMs: 20, follows: true },
      { node: "b1", lastOldMs: 1500, follows: false },
    ];
    const leftBehind = [{ node: "b1", what: "device", subject: "tunl0", a: "ipip mtu 1480" }] as const;
    const verdicts = judgeSwitch(switchRecord({ nodes, leftBehind }), strict).filter(({ status }) => status === "fail");
    assert.deepEqual(
      verdicts.map(({ id, category }) => `${id}: ${category ?? ""}`),
      ["vxlan-cross-subnet/switch-followed/b1: control plane", "vxlan-cross-subnet/left-behind/b1: left behind"],
    );
    assert.match(verdicts[0]?.reason ?? "", /node b1 did not follow: no packet in the new form left it/);
    assert.match(verdicts[1]?.reason ?? "", /device tunl0: ipip mtu 1480; a lab born in the mode has nothing/);
  });

  it("cannot say of a doubtful capture, or of a path that sent nothing, that nothing leaked", () => {
    const capture = { packets: 1, droppedByKernel: 9, taps: 1, doubts: ["a1: the kernel dropped 9 packets"] };
    const doubtful = judgeSwitch({ ...withReverse({}), capture }, strict);
    assert.equal(named(doubtful, "switch-leak")?.status, "inconclusive");
    const silent = switchRecord({
      streams: [{ path, kind: "ping", directions: [directionRecord({ sent: 0 })], errors: [] }],
    });
    assert.equal(named(judgeSwitch(silent, strict), "switch-gap")?.status, "inconclusive");
  });
});
