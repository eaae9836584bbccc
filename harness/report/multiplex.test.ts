import assert from "node:assert/strict";
import type { RunEvent } from "../run/record.ts";
import { multiplex } from "./multiplex.ts";

describe("multiplexer", () => {
  const event: RunEvent = { kind: "phase-started", phase: "build" };

  it("passes every event to every listener, in their order", async () => {
    const seen: string[] = [];
    const listener = (name: string) => ({
      name,
      listener: {
        on: () => {
          seen.push(name);
        },
      },
    });
    const all = multiplex([listener("a"), listener("b")]);
    await all.on(event);
    await all.on(event);
    assert.deepEqual(seen, ["a", "b", "a", "b"]);
    assert.deepEqual(all.errors(), []);
  });

  it("goes on without a listener that broke and tells so once", async () => {
    let healthy = 0;
    const all = multiplex([
      {
        name: "junit",
        listener: {
          on: () => {
            throw new Error("disk full");
          },
        },
      },
      { name: "allure", listener: { on: () => Promise.reject(new Error("no java")) } },
      {
        name: "console",
        listener: {
          on: () => {
            healthy++;
          },
        },
      },
    ]);
    await all.on(event);
    await all.on(event);
    assert.equal(healthy, 2);
    assert.deepEqual(all.errors(), [
      "junit report broke at phase-started: disk full",
      "allure report broke at phase-started: no java",
    ]);
  });
});
