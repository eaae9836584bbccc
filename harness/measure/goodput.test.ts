import assert from "node:assert/strict";
import { goodputRatio, goodputShare } from "./goodput.ts";

describe("goodput", () => {
  it("is the figure known for full packets on Ethernet: 1448 of 1538 bytes", () => {
    // 941 Mbit/s of 1 Gbit/s, as everyone measures it.
    assert.ok(Math.abs(goodputShare(1500, 0, 4) - 1448 / 1538) < 1e-12);
  });

  it("counts a tunnel's headers against the same packets without it, and against the bare nodes'", () => {
    const vxlan = { packetBytes: 1450, overhead: 50 };
    assert.ok(Math.abs(goodputRatio(vxlan, 1450, 4) - 1488 / 1538) < 1e-12);
    assert.ok(Math.abs(goodputRatio(vxlan, 1500, 4) - 1398 / 1448) < 1e-12);
  });

  it("knows the longer header of IPv6", () => {
    assert.ok(Math.abs(goodputShare(1430, 70, 6) - (1430 - 72) / (1430 + 70 + 38)) < 1e-12);
  });
});
