import assert from "node:assert/strict";
import type { Clock } from "./clock.ts";
import { LabError } from "./errors.ts";
import { poll } from "./poll.ts";

function fakeClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    sleep: (ms) => {
      time += ms;
      return Promise.resolve();
    },
  };
}

describe("poll", () => {
  it("returns the value of the first look that is done", async () => {
    let looks = 0;
    const look = () =>
      Promise.resolve(++looks < 3 ? { done: false as const, seen: "down" } : { done: true as const, value: looks });
    assert.equal(await poll(look, { what: "link", timeoutMs: 1000, clock: fakeClock() }), 3);
  });

  it("tells what it saw last when time runs out", async () => {
    const look = () => Promise.resolve({ done: false as const, seen: "state DOWN" });
    const waiting = poll(look, { what: "eth0 to come up", timeoutMs: 500, where: "node a1", clock: fakeClock() });
    await assert.rejects(waiting, (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /waited 0.5 s for eth0 to come up; last seen: state DOWN/);
      assert.equal(error.details.where, "node a1");
      return true;
    });
  });

  it("stops when aborted", async () => {
    const controller = new AbortController();
    const look = () => {
      controller.abort(new Error("Ctrl-C"));
      return Promise.resolve({ done: false as const, seen: "" });
    };
    const waiting = poll(look, { what: "x", timeoutMs: 1000, signal: controller.signal, clock: fakeClock() });
    await assert.rejects(waiting, /Ctrl-C/);
  });
});
