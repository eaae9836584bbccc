import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeProgram } from "../harness/cli/program.ts";
import { exists } from "../harness/core/exists.ts";
import { planTopology } from "../harness/topology/make-plan.ts";
import { parseTopology } from "../harness/topology/parse-topology.ts";

const root = join(import.meta.dirname, "..");

describe("README.md", () => {
  it("shows a topology that can be planned, and commands that are there", async () => {
    const text = await readFile(join(root, "README.md"), "utf8");
    const [, yaml = ""] = /```yaml\n([^`]*)```/.exec(text) ?? [];
    const plan = planTopology(parseTopology(yaml, "mine.yaml", "mine"));
    assert.deepEqual(
      plan.nodes.map(({ name }) => name),
      ["a1", "a2", "b1"],
    );
    const verbs = [...text.matchAll(/npm run lab -- ([a-z]+)/g)].map(([, verb = ""]) => verb);
    const { commands } = await makeProgram([]);
    const known = commands.map((command) => command.name());
    assert.ok(verbs.length > 15);
    assert.deepEqual(
      verbs.filter((verb) => !known.includes(verb)),
      [],
    );
  });
});

describe("harness/README.md", () => {
  it("names only files and folders that are there", async () => {
    const text = await readFile(join(root, "harness", "README.md"), "utf8");
    const named = [...text.matchAll(/`((?:[\w-]+\/)+[\w.-]+\/?|[\w-]+\.json)`/g)].map(([, path = ""]) => path);
    const found = await Promise.all(
      named.map(async (path) => (await exists(join(root, "harness", path))) || exists(join(root, path))),
    );
    assert.ok(named.length > 15);
    assert.deepEqual(
      named.filter((path, index) => found[index] !== true && !path.startsWith("results/")),
      [],
    );
  });

  it("has a row for every room", async () => {
    const text = await readFile(join(root, "harness", "README.md"), "utf8");
    const entries = await readdir(join(root, "harness"), { withFileTypes: true });
    const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.deepEqual(
      rooms.filter((room) => !text.includes(`| \`${room}/\``)),
      [],
    );
  });
});
