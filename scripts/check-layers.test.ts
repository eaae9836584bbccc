import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findUpwardImports } from "./check-layers.ts";

describe("check-layers", () => {
  let harness: string;
  beforeEach(async () => {
    harness = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    const layers = { order: [["core"], ["exec", "packet"], ["cli"]], advice: "Go down." };
    await writeFile(join(harness, "layers.json"), JSON.stringify(layers));
    for (const folder of ["core", "exec", "packet", "cli"]) await mkdir(join(harness, folder));
  });
  afterEach(() => rm(harness, { recursive: true }));

  it("lets a folder import from earlier rows and from itself", async () => {
    await writeFile(join(harness, "cli", "a.ts"), 'import "../core/b.ts"; import "./c.ts"; import "node:fs";');
    assert.deepEqual(await findUpwardImports(harness), []);
  });

  it("names an upward import, also one of a type only, and a dynamic one", async () => {
    await writeFile(
      join(harness, "core", "b.ts"),
      'import type { X } from "../cli/a.ts"; await import("../exec/e.ts");',
    );
    assert.deepEqual(await findUpwardImports(harness), [
      "harness/core/b.ts imports cli/a.ts: core may not use cli",
      "harness/core/b.ts imports exec/e.ts: core may not use exec",
      "Go down.",
    ]);
  });

  it("names a circle of imports inside of one folder, also one of types only", async () => {
    await writeFile(join(harness, "core", "a.ts"), 'import type { B } from "./b.ts";');
    await writeFile(join(harness, "core", "b.ts"), 'import type { A } from "./a.ts";');
    assert.deepEqual(await findUpwardImports(harness), [
      "harness/: these files import each other in a circle: core/a.ts, core/b.ts",
      "Go down.",
    ]);
  });

  it("names an import between siblings of one row and a folder that has no row", async () => {
    await writeFile(join(harness, "exec", "e.ts"), 'import "../packet/p.ts";');
    await mkdir(join(harness, "misc"));
    await writeFile(join(harness, "misc", "m.ts"), "");
    const problems = await findUpwardImports(harness);
    assert.ok(problems.includes("harness/exec/e.ts imports packet/p.ts: exec may not use packet"));
    assert.ok(problems.includes('harness/misc/m.ts: folder "misc" is not in layers.json'));
  });
});
