import assert from "node:assert/strict";
import { ClockBounds } from "./clock-bounds.ts";

describe("clocks by what passes between nodes and routers", () => {
  /** Packets from a to b by one router, 10 ms apart; each leg takes 1 to 40 ms, drawn by a fixed rule. */
  function heard(ahead: Readonly<Record<"a" | "b", number>>, packets: number): ClockBounds {
    const bounds = new ClockBounds();
    const leg = (index: number): number => 0.001 + ((index * 7919) % 40) / 1000;
    const times = Array.from({ length: packets }, (_, index) => {
      const sent = 1_790_000_000 + index / 100;
      const passed = sent + leg(index);
      return { sent, passed, left: passed + 0.0001, received: passed + leg(index + 17) };
    });
    for (const [index, { passed, left }] of times.entries()) {
      bounds.passed(index, left);
      bounds.passed(index, passed);
    }
    for (const [index, { sent, received }] of times.entries()) {
      bounds.sent("a", index, sent + ahead.a);
      bounds.received("b", index, received + ahead.b);
      // Answers go the other way at the same pace.
      bounds.sent("b", index, sent + ahead.b);
      bounds.received("a", index, received + ahead.a);
    }
    return bounds;
  }

  it("tells seconds to within a millisecond, however long packets take", () => {
    const bounds = heard({ a: 0.84, b: -1.3 }, 200);
    assert.ok(Math.abs((bounds.ahead("a") ?? 0) - 0.84) < 0.001, String(bounds.ahead("a")));
    assert.ok(Math.abs((bounds.ahead("b") ?? 0) + 1.3) < 0.001, String(bounds.ahead("b")));
  });

  it("takes what one direction tells where the other is silent, and says nothing of a node that no router heard of", () => {
    const bounds = new ClockBounds();
    bounds.passed(1, 100);
    bounds.sent("a", 1, 99.5);
    bounds.sent("b", 2, 99.5);
    assert.equal(bounds.ahead("a"), -0.5);
    assert.equal(bounds.ahead("b"), undefined);
    assert.equal(bounds.ahead("c"), undefined);
  });
});
