import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { access, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { skipFor } from "../harness/core/skip.fixture.ts";
import { docsFolder, generatedPages } from "./docs.ts";

const root = join(docsFolder, "..");

/**
 * npm as a reader has it, in a folder of the test's own. Where a reader's lab is the only one, others may be up here: the one that
 * `up` made is named.
 */
const npmHere = `
npm() {
  local entry=$2; shift 2
  [ "$1" != --silent ] || shift
  shift
  local verb=\${1:-} lab=()
  case $entry/$verb in lab/check | lab/down) [[ "$*" == *--stale* ]] || lab=("$(cat lab-id)") ;; esac
  [ $# -eq 0 ] || shift
  node '${join(root, "scripts", "bootstrap.mjs")}' "$entry" \${verb:+"$verb"} "\${lab[@]}" "$@" | tee last-output
  local status=\${PIPESTATUS[0]}
  [ "$verb" != up ] || sed -n 's/.*lab -- down \\([a-z0-9]*\\).*/\\1/p' last-output | head -n 1 >lab-id
  return "$status"
}`;

/** A block of commands, and why it is not run where it is not. */
interface Block {
  readonly page: string;
  readonly commands: string;
  readonly notRun?: string;
  /** Lines that it must print, where the page says so. */
  readonly printed: readonly string[];
}

async function pages(): Promise<readonly (readonly [name: string, text: string])[]> {
  const names = (await readdir(docsFolder)).filter((name) => name.endsWith(".md")).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(docsFolder, name), "utf8")] as const));
}

function blocksOf(page: string, text: string): readonly Block[] {
  const block =
    /(?:<!-- not run: ([^>]+) -->\n\n)?```sh\n([\s\S]*?)```(?:[^`]*?<!-- printed -->\n\n```text\n([\s\S]*?)```)?/g;
  return [...text.matchAll(block)].map(([, notRun, commands = "", printed = ""]) => ({
    page,
    commands,
    ...(notRun === undefined ? {} : { notRun }),
    printed: printed.split("\n").filter((line) => line !== "" && line !== "…"),
  }));
}

describe("the documentation", () => {
  it("has the pages that are made from the program as they must be", async () => {
    for (const [name, text] of Object.entries(await generatedPages())) {
      assert.equal(await readFile(join(docsFolder, name), "utf8"), text, `npx tsx scripts/docs.ts makes ${name} again`);
    }
  });

  it("leads nowhere that does not exist", async () => {
    for (const [name, text] of await pages()) {
      for (const [, target = ""] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        await assert.doesNotReject(access(join(dirname(join(docsFolder, name)), target)), `${name}: ${target}`);
    }
  });

  describe("its commands", function () {
    // A dozen short runs, on machines that do other things meanwhile.
    this.timeout(600_000);
    let folder = "";
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "encaplab-docs-"));
      await symlink(docsFolder, join(folder, "docs"));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("do what the pages say, one after the other", async function () {
      if (process.getuid?.() !== 0) skipFor(this, "not root");
      const blocks = (await pages()).flatMap(([name, text]) => blocksOf(name, text));
      const run = blocks.filter(({ notRun }) => notRun === undefined);
      assert.ok(run.length > 8, String(run.length));
      for (const { page, commands, printed } of run) {
        const script = `${npmHere}\nset -e\n${commands}`;
        const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
        assert.equal(status, 0, `${page}:\n${commands}\n${stdout}${stderr}`);
        for (const line of printed) assert.ok(stdout.split("\n").includes(line), `${page}: ${line}\n${stdout}`);
      }
    });
  });
});
