import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compiledFolder } from "./compiled.mjs";

describe("compiled sources", function () {
  this.timeout(20_000);
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "encaplab-test-")));
    await put("package.json", JSON.stringify({ dependencies: {} }));
    await put("package-lock.json", "{}");
    await put("scripts/tools.mjs", "export const tools = 1;");
    await put("suites/all.ts", "export const all: number = 1;");
    await put("harness/api/index.ts", 'export { where } from "../core/where.ts";');
    await put("harness/core/where.ts", "export const where: string = import.meta.url;");
    await put("harness/core/late.ts", 'export const late: string = "late";');
    await put(
      "harness/cli/main.ts",
      `import { where } from "../core/where.ts";
const { late } = await import("../core/late.ts");
const api = await import(new URL("../api/index.mjs", import.meta.url).href);
console.log(where, late, api.where === where);`,
    );
  });

  afterEach(() => rm(root, { recursive: true }));

  it("run as they would in the clone, and know their places in it", async () => {
    const folder = await compiledFolder(root);
    assert.ok(folder !== undefined);
    assert.equal(await run(), `file://${folder}/harness/core/where.mjs late true\n`);
  });

  it("are made again only when a source has changed, and then at once", async () => {
    const folder = (await compiledFolder(root)) ?? "";
    const made = async (): Promise<number> => (await stat(join(folder, "state"))).ino;
    const first = await made();
    await compiledFolder(root);
    assert.equal(await made(), first);
    await put("harness/core/late.ts", 'export const late: string = "later";');
    assert.match(await run(), / later true\n$/);
    assert.notEqual(await made(), first);
  });

  it("are left to the loader where one cannot be read, so that the error names the source", async () => {
    await put("harness/core/late.ts", "export const late: = 1;");
    assert.equal(await compiledFolder(root), undefined);
  });

  async function run(): Promise<string> {
    const folder = (await compiledFolder(root)) ?? "";
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "harness", "cli", "main.mjs")], {
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    return stdout;
  }

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
