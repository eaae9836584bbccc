import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** An npm whose tests and checks say and end as they are told; the checks last longer. */
const npm = `#!/bin/sh
case "$1" in
  test) printf 'a test\\n\\n%s\\n' "$COUNT"; exit $TESTS ;;
  run) sleep 0.2; echo "these checks: $CHECKS"; exit $CHECKS ;;
esac
exit 9
`;

describe(".ci/run", () => {
  let folder = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-ci-"));
    await mkdir(join(folder, "node_modules"));
    await cp(join(root, ".ci"), join(folder, ".ci"), { recursive: true });
    await writeFile(join(folder, "package-lock.json"), "{}");
    await utimes(join(folder, "package-lock.json"), 0, 0);
    await writeFile(join(folder, "node_modules", ".package-lock.json"), "{}");
    await writeFile(join(folder, "npm"), npm, { mode: 0o755 });
  });

  after(() => rm(folder, { recursive: true }));

  const run = (tests: number, checks: number) => {
    const count = `7 passed, ${tests} failed, 0 skipped`;
    const env = { PATH: `${folder}:${process.env.PATH ?? ""}`, COUNT: count, TESTS: `${tests}`, CHECKS: `${checks}` };
    const { status, stdout } = spawnSync(join(folder, ".ci", "run"), { env, encoding: "utf8" });
    return { status, lines: stdout.split("\n"), count };
  };

  it("ends with the tests' count, whatever the checkers find", () => {
    const passing = run(0, 0);
    assert.deepEqual(passing, {
      status: 0,
      lines: ["a test", "", "these checks: 0", passing.count, ""],
      count: passing.count,
    });
    const failing = run(0, 1);
    assert.deepEqual(failing.lines, ["a test", "", "npm run check failed:", "these checks: 1", failing.count, ""]);
    assert.equal(failing.status, 1);
  });

  it("fails with the tests", () => {
    const { status, lines, count } = run(1, 0);
    assert.equal(status, 1);
    assert.equal(lines.at(-2), count);
  });
});
