import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findStrayProviderNames } from "./provider-names.ts";

describe("provider names", () => {
  let harness: string;
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(join(harness, dirname(file)), { recursive: true });
    await writeFile(join(harness, file), text);
  };
  beforeEach(async () => {
    harness = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    await write("provider/docker/index.ts", 'export const name = "docker";');
    await write("provider/vm/index.ts", 'export const name = "vm";');
  });
  afterEach(() => rm(harness, { recursive: true }));

  it("stand in the provider's folder, the registry, tests and command lines", async () => {
    await write("provider/registry.ts", 'export const first = "docker";');
    await write("run/a.test.ts", 'export const provider = "vm";');
    await write("run/b.ts", 'export const argv = ["docker", "run", "vm"]; export type T = X["vm"];');
    assert.deepEqual(await findStrayProviderNames(harness), []);
  });

  it("are told with file and line wherever else they stand", async () => {
    await write("run/choose.ts", 'const a = 1;\nif (x === "docker") y();\nconst z = { of: `vm` };');
    await write("run/advise.ts", "const fix = `load ${x}, or take --provider vm, please`;");
    await write("provider/vm/check.ts", 'const other = ["auto", "docker"];');
    assert.deepEqual([...(await findStrayProviderNames(harness))].sort(), [
      'harness/provider/vm/check.ts:1 names the provider "docker": let its offer say what it is',
      'harness/run/advise.ts:1 names the provider "vm": let its offer say what it is',
      'harness/run/choose.ts:2 names the provider "docker": let its offer say what it is',
      'harness/run/choose.ts:3 names the provider "vm": let its offer say what it is',
    ]);
  });
});
