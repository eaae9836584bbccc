import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runTools } from "../harness/provider/run-tools.ts";

const bootstrap = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));

/** The command line on a machine where no program is installed, as far as it can see. */
function onBareMachine(...argv: readonly string[]): { readonly code: number | null; readonly said: string } {
  const env = { ...process.env, PATH: "/nonexistent" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootstrap, ...argv], { env, encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

describe("tools of a run", function () {
  this.timeout(60_000);

  it("each have a package that is known", async () => {
    const text = await readFile(new URL("../harness/lab/packages.json", import.meta.url), "utf8");
    const { tools } = JSON.parse(text) as { readonly tools: Readonly<Record<string, object>> };
    for (const tool of runTools) assert.ok(tool in tools, tool);
  });

  for (const argv of [
    ["suite", "--mode"],
    ["suite", "--bogus"],
    ["suite", "--mode", "VXLANN"],
    ["lab", "up", "--provider", "bogus"],
    ["suite", "--provider", "netns", "--kernel", "6.1"],
  ]) {
    it(`are not looked for before the options are known to be right: ${argv.join(" ")}`, () => {
      const { code, said } = onBareMachine(...argv);
      assert.equal(code, 2, said);
      assert.doesNotMatch(said, /missing [a-z]|installing/);
    });
  }

  it("that are missing are named, and nothing is begun", function () {
    if (process.getuid?.() !== 0) this.skip();
    const { code, said } = onBareMachine("suite", "--mode", "VXLAN", "--no-install");
    assert.equal(code, 3, said);
    assert.match(said, /missing .*iperf3/);
    assert.doesNotMatch(said, /run [a-z0-9]{5}/);
  });
});
