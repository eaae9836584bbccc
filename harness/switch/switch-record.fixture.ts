import type { DirectionRecord, SwitchRecord } from "./switch-record.ts";

/** For tests only: a direction to which nothing happened. */
export function directionRecord(change: Partial<DirectionRecord>): DirectionRecord {
  return {
    direction: "forward",
    before: "vxlan",
    after: "vxlan",
    sent: 200,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    gapMs: 0.1,
    leaks: [],
    detours: [],
    bands: [{ fromMs: -600, toMs: 1400, forms: ["vxlan"] }],
    lostAt: [],
    ...change,
  };
}

/** For tests only: a change from VXLAN to VXLANCrossSubnet as it should be. */
export function switchRecord(change: Partial<SwitchRecord>): SwitchRecord {
  return {
    from: "vxlan-always",
    to: "vxlan-cross-subnet",
    startedAt: "2026-01-01T00:00:00.000Z",
    steps: [{ step: "route", atMs: 300 }],
    convergedMs: 400,
    fromMs: -600,
    untilMs: 1400,
    intervalMs: 10,
    streams: [],
    nodes: [{ node: "a1", firstNewMs: 20, lastOldMs: 19, follows: true }],
    podMtu: { running: [1450], fresh: 1450 },
    leftBehind: [],
    capture: { packets: 1000, droppedByKernel: 0, taps: 14, doubts: [] },
    ...change,
  };
}
