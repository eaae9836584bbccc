import assert from "node:assert/strict";
import { explainFullDisk } from "../core/full-disk.ts";
import { recordName, unwritten, unwrittenLines } from "./unwritten.ts";

const full = (): Promise<never> => Promise.reject(new Error("ENOSPC: no space left on device, write"));

describe("results that could not be written", () => {
  it("are told in one line where the disk is full, with what to do", async () => {
    const all = (
      await Promise.all(["JUnit", "CTRF", recordName, "JUnit"].map((what) => unwritten(what, full())))
    ).flat();
    assert.deepEqual(unwrittenLines(all, "results/r1"), [
      "not written to results/r1: JUnit, CTRF and run.json (no space left on device)",
      "        free some space where results/r1 is, then run it again",
    ]);
  });

  it("are all that is told where the run itself has told of the full disk", async () => {
    const all = (await Promise.all(["JUnit", recordName].map((what) => unwritten(what, full())))).flat();
    const { message } = explainFullDisk(new Error("ENOSPC"), "results/r1") as Error;
    const trouble = { phase: "collect", message, category: "lab trouble" } as const;
    assert.deepEqual(unwrittenLines(all, "results/r1", [trouble]), ["not written either: JUnit and run.json"]);
  });

  it("can be made again where the record is there", async () => {
    const all = await unwritten("JUnit", Promise.reject(new Error("EACCES: permission denied, open 'x'")));
    assert.deepEqual(unwrittenLines(all, "results/r1"), [
      "not written to results/r1: JUnit (permission denied)",
      "        see to results/r1, then npm run lab -- report results/r1",
    ]);
  });

  it("are none where all went well", async () => {
    assert.deepEqual(unwrittenLines(await unwritten("JUnit", Promise.resolve()), "results/r1"), []);
  });
});
