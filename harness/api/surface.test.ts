import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { surfaceOf } from "../../scripts/api-surface.ts";
import * as api from "./index.ts";

const frozen = join(import.meta.dirname, "surface.txt");

describe("the public surface", () => {
  it("has these values and no others", () => {
    assert.deepEqual(Object.keys(api).sort(), [
      "decodeCapture",
      "defineCheck",
      "defineFault",
      "defineSuite",
      "explainCapture",
      "loadTopology",
      "runSuites",
      // What Mocha files get their labs by.
      "useLab",
    ]);
  });

  // Where a change is meant: UPDATE_SURFACE=1 npx mocha harness/api/surface.test.ts, and a line in the changelog.
  it("is declared as surface.txt says", async () => {
    const now = await surfaceOf(join(import.meta.dirname, "index.ts"));
    if (process.env.UPDATE_SURFACE !== undefined) await writeFile(frozen, now);
    assert.equal(now, await readFile(frozen, "utf8"));
  });
});
