import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");

describe("the check for dead code", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    await cp(join(root, "knip.jsonc"), join(folder, "knip.jsonc"));
    await plant("package.json", '{ "name": "encaplab", "type": "module" }');
    await plant("harness/cli/main.ts", 'import { used } from "../core/a.ts"; used();');
    await plant("harness/core/a.ts", "export function used(): void {}");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const plant = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  const knip = () =>
    spawnSync(
      join(root, "node_modules", ".bin", "knip"),
      ["--no-progress", "--no-config-hints", "--directory", folder],
      {
        encoding: "utf8",
      },
    );

  it("is green where everything is used", () => {
    const { status, stdout } = knip();
    assert.equal(stdout.trim(), "");
    assert.equal(status, 0);
  });

  it("is red for an export, a file and a dependency that nothing uses", async () => {
    await plant("harness/core/a.ts", "export function used(): void {}\nexport function deadExport(): void {}");
    await plant("harness/core/dead-file.ts", "export const nothing = 1;");
    await plant(
      "package.json",
      '{ "name": "encaplab", "type": "module", "dependencies": { "dead-package": "1.0.0" } }',
    );
    const { status, stdout } = knip();
    for (const dead of ["deadExport", "harness/core/dead-file.ts", "dead-package"])
      assert.match(stdout, new RegExp(dead));
    assert.equal(status, 1);
  });
});
