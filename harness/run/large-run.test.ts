import assert from "node:assert/strict";
import type { Verdict } from "../verify/verdict.ts";
import type { Probe } from "../probe/probe.ts";
import { evidenceOnce, packetsKept } from "./large-run.ts";

describe("packets that are kept", () => {
  it("are few of what passed among many paths, and as many as ever of what did not", () => {
    const probe = { path: { id: "p1" }, kind: "udp" } as Probe;
    const ping = { ...probe, kind: "ping" } as Probe;
    const kept = (one: Probe, many: boolean, wrong: string[]): number => packetsKept(one, many, new Set(wrong));
    assert.deepEqual([kept(probe, false, []), kept(probe, true, []), kept(ping, true, ["p2"])], [6, 1, 2]);
    assert.deepEqual([kept(probe, false, ["p1"]), kept(probe, true, ["p1"])], [20, 20]);
  });
});

describe("evidence that several checks show", () => {
  const verdict = (id: string, check: string, status: Verdict["status"], ...evidence: string[]): Verdict =>
    ({ id, mode: "none", check, status, expected: "", observed: "", evidence }) as unknown as Verdict;

  it("stands with the first of them that passed, for each path, and with all that did not", () => {
    const verdicts = [
      verdict("p1", "encapsulated", "pass", "n1/eth0", "VXLAN"),
      verdict("p1", "outer-endpoints", "pass", "n1/eth0", "VXLAN"),
      verdict("p1", "mss", "pass", "n1/eth0"),
      verdict("p1", "reached", "fail", "n1/eth0", "VXLAN"),
      verdict("p2", "encapsulated", "pass", "n1/eth0", "VXLAN"),
      verdict("p2", "outer-endpoints", "inconclusive", "n1/eth0", "VXLAN"),
    ];
    assert.deepEqual(
      evidenceOnce(verdicts).map(({ evidence }) => evidence.length),
      [2, 0, 1, 2, 2, 2],
    );
  });
});
