import assert from "node:assert/strict";
import type { Incident } from "./cause.ts";
import type { Crossing } from "./crossings.ts";
import { kernelCount } from "./kernel-count.ts";

describe("a counter of packets that are too large", () => {
  const lost = (bytes: number): readonly string[] => {
    const lot = { kind: "ping", protocol: "ICMP", family: 4, form: "plain", tos: 0, ports: [], extra: 0 } as const;
    const path = { id: "x", source: { node: "a1" }, target: { node: "a2" } };
    const [last, missed] = ["eth0", "cali1"].map((device) => ({ node: "a2", device }));
    const crossing = { path, direction: "forward", last, missed, lots: [{ ...lot, bytes, came: 3, lost: 3 }] };
    const facts = { nodes: [{ node: "a2", counters: { "Ip.FragFails": 3 } }] };
    const failed = [{ id: "x", check: "reached" }];
    const incident = { network: { facts }, failed, crossings: [crossing as unknown as Crossing] };
    return kernelCount.find(incident as unknown as Incident).map(({ sentence }) => sentence);
  };

  it("says nothing of small ones that were lost: the pings that look for the MTU are counted too", () => {
    assert.deepEqual(lost(84), []);
    assert.match(lost(1450)[0] ?? "", /^a2 cannot pass on packets that are too large .*\(3 during the probes\)/);
  });
});
