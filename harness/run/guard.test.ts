import assert from "node:assert/strict";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import { mergeReports } from "./guard.ts";

const offence: Offence = { what: "a leak", packets: 2, first: 1, last: 2, lines: ["IPv4"], file: "a.pcap", number: 1 };

describe("mergeReports", () => {
  it("keeps first and last time of what went on, and what only one stage saw", () => {
    const earlier = report("a1", [offence], ["a doubt"]);
    const later = report(
      "a1",
      [
        { ...offence, packets: 5, first: 8, last: 9 },
        { ...offence, what: "another" },
      ],
      ["a doubt"],
    );
    const merged = mergeReports([earlier, report("b1", [])], [later]);
    assert.deepEqual(
      merged.map(({ tap, packets, doubts }) => [tap.node, packets, doubts]),
      [
        ["a1", 6, ["a doubt"]],
        ["b1", 3, []],
      ],
    );
    assert.deepEqual(merged[0]?.offences, [
      { ...offence, packets: 7, last: 9 },
      { ...offence, what: "another" },
    ]);
  });
});

function report(node: string, offences: readonly Offence[], doubts: readonly string[] = []): TapReport {
  return { tap: { node, device: "eth0" }, packets: 3, offences, doubts };
}
