import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { modes } from "../encap/mode.ts";
import { checks } from "../verify/registry.ts";
import { allSuites } from "../../suites/all-suites.ts";
import { defineSuite, questionsFor } from "./suite.ts";

describe("the list of suites", () => {
  it("has every file of suites/ that declares one, each named like its file", async () => {
    const folder = new URL("../../suites/", import.meta.url);
    const folders = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const files = await Promise.all(
      folders.map(async ({ name }) => (await readdir(new URL(`${name}/`, folder))).map((file) => `${name}/${file}`)),
    );
    // Those are Mocha's, and run by --suites alone.
    const declarations = files.flat().filter((file) => !file.endsWith(".suite.ts"));
    const declared = await Promise.all(
      declarations.map(async (file) => {
        const module = (await import(new URL(file, folder).href)) as { readonly default?: unknown };
        return module.default === undefined ? [] : [file.replace(/\.ts$/, "")];
      }),
    );
    assert.deepEqual(allSuites.map(({ name }) => name).sort(), declared.flat().sort());
  });

  it("asks every check of every mode", () => {
    for (const { id } of modes) assert.deepEqual(questionsFor(id, allSuites).checks, checks, id);
  });
});

describe("defineSuite", () => {
  it("refuses a suite that asks nothing", () => {
    const [some] = allSuites;
    assert.ok(some !== undefined);
    assert.throws(() => defineSuite({ ...some, checks: [] }), /checks nothing/);
  });
});
