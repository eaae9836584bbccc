import assert from "node:assert/strict";
import type { LabLabel } from "./lab.ts";
import { parseLabel, stateOf } from "./lab-state.ts";

const kept: LabLabel = { topology: "two-racks", digest: "d", families: [4], kept: true };
const clock = { now: () => 0, sleep: () => Promise.resolve() };
const dead = (): Promise<boolean> => Promise.resolve(false);
const alive = (): Promise<boolean> => Promise.resolve(true);
const failing = (): Promise<never> => Promise.reject(new Error("EAGAIN"));

describe("stateOf", () => {
  it("calls a lab of a dead owner unreadable, never stale, where its label cannot be read", async () => {
    assert.deepEqual(await stateOf(dead, failing, clock), { state: "unreadable", unreadable: "EAGAIN" });
  });

  it("reads once more before it gives up", async () => {
    let reads = 0;
    const state = await stateOf(dead, () => (++reads === 1 ? failing() : Promise.resolve(kept)), clock);
    assert.deepEqual(state, { state: "kept", label: kept });
  });

  it("reads the label only after it has looked for the owner, who labels before it dies", async () => {
    let label: LabLabel | undefined;
    const owner = (): Promise<boolean> => {
      label = kept;
      return Promise.resolve(false);
    };
    assert.equal((await stateOf(owner, () => Promise.resolve(label), clock)).state, "kept");
  });

  it("calls a lab without a label stale exactly where its owner is dead", async () => {
    const none = (): Promise<undefined> => Promise.resolve(undefined);
    assert.deepEqual(await stateOf(dead, none, clock), { state: "stale" });
    assert.deepEqual(await stateOf(alive, none, clock), { state: "running" });
    assert.deepEqual(await stateOf(alive, failing, clock), { state: "running" });
  });
});

describe("parseLabel", () => {
  it("takes a label, and nothing else for one", () => {
    assert.deepEqual(parseLabel(JSON.stringify(kept)), kept);
    for (const text of ["x", "null", "{}", '{"kept":"yes"}']) assert.throws(() => parseLabel(text), text);
  });
});
