import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { skipFor } from "../harness/core/skip.fixture.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A cell that takes seconds: the script's own options come first, these override them. */
const cell = [
  ...["--mode", "VXLANCrossSubnet", "--provider", "netns", "--dataplane", "reference"],
  ...["--profile", "quick", "--no-throughput", "--paths", "pod-to-pod/*"],
];

/** tcpdump that does not start in the first run of a night, where one is to break, and that says of itself what it is told to. */
const tcpdump = `#!/bin/sh
if [ "$1" = --version ] && [ -n "$SAYS" ]; then echo "tcpdump version $SAYS"; exit; fi
runs=$(ls "$OUT" | grep -cvE '^(latest|history|signoff)$')
if [ -n "$BREAKS" ] && [ "$1" != --version ] && [ "$runs" -le 1 ]; then echo "tcpdump: out of order" >&2; exit 1; fi
PATH=$REST exec tcpdump "$@"
`;

describe("ci/nightly.sh", function () {
  // Two nights, each with builds, probes and a sign-off, on machines that do other things meanwhile.
  this.timeout(240_000);
  let folder = "";

  before(async function () {
    if (process.getuid?.() !== 0) skipFor(this, "not root");
    folder = await mkdtemp(join(tmpdir(), "encaplab-nightly-"));
    await writeFile(join(folder, "tcpdump"), tcpdump, { mode: 0o755 });
    // The page takes seconds and is no part of the question.
    await writeFile(join(folder, "java"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  function night(name: string, words: readonly string[], env: Readonly<Record<string, string>>) {
    const { PATH: rest = "" } = process.env;
    const { status, stdout, stderr } = spawnSync("bash", ["ci/nightly.sh", ...cell, ...words], {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${folder}:${rest}`,
        REST: rest,
        OUT: join(folder, name),
        HISTORY: join(folder, "history"),
        GITHUB_STEP_SUMMARY: join(folder, `${name}.md`),
        ...env,
      },
    });
    return { status, text: `${stdout}${stderr}` };
  }

  it("repeats a cell whose lab broke, counts and shows that, and is green", async () => {
    const { status, text } = night("first", [], { BREAKS: "1" });
    assert.equal(status, 0, text);
    assert.match(text, /lab error: trying once more/);
    assert.match(text, /1 of 2 runs repeated after a lab error/);
    assert.match(text, /run \S+ ended with a lab error \(capture: .*"tcpdump: listening on any"\) and was repeated by/);
    const runs = (await readdir(join(folder, "first"))).filter((one) => !/^(?:latest|signoff)$/.test(one));
    assert.equal(runs.length, 2, "both runs stay");
    assert.match(await readFile(join(folder, "first.md"), "utf8"), /1 of 2 runs repeated after a lab error/);
  });

  it("repeats nothing that failed on the wire, and names what changed since it was green", async () => {
    const { status, text } = night("second", ["--fault", "slash-32-node-address"], { SAYS: "9.9.9" });
    assert.equal(status, 1, text);
    assert.doesNotMatch(text, /trying once more/);
    assert.match(text, /green last on \S+; since then [^\n]*tcpdump: tcpdump version \S+ → tcpdump version 9\.9\.9/);
    assert.match(await readFile(join(folder, "second.md"), "utf8"), /→ tcpdump version 9\.9\.9/);
  });
});
