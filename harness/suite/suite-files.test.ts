import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findSuiteFiles } from "./find-suite-files.ts";
import { loadDeclarations } from "./load-declarations.ts";

const declaration = `
import { defineSuite, defineCheck } from "encaplab";
const short = defineCheck({ name: "short-name", proves: "a name", of: "path", judge: () => undefined });
const modes: ("none")[] = ["none"];
export default defineSuite({ name: "own", proves: "x", modes, mustInclude: [], probes: ["ping"], checks: [short, "reached"] });
`;

describe("suites from anywhere", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-suites-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(name: string, text: string): Promise<string> {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  it("are found by their two forms, and nothing else is touched", async () => {
    const own = await write("deep/own.ts", declaration);
    const incident = await write("deep/incident.suite.ts", 'describe("x", () => {});');
    await write("helper.ts", "export const one = 1;");
    await write("types.d.ts", "declare function defineSuite(): void;");
    await write("node_modules/other/bad.suite.ts", "throw new Error();");
    await write("results/bad.suite.ts", "throw new Error();");
    assert.deepEqual(await findSuiteFiles([folder]), {
      declarations: [own],
      tests: [{ file: incident, name: "deep/incident" }],
    });
  });

  it("may be single files", async () => {
    const file = await write("one.suite.mts", "");
    assert.deepEqual((await findSuiteFiles([file, folder])).tests, [{ file, name: "one" }]);
  });

  it("are missed where there are none", async () => {
    await assert.rejects(findSuiteFiles([folder]), /there is no suite in/);
    await assert.rejects(findSuiteFiles([join(folder, "gone")]), /does not exist/);
  });

  it("import this harness by its name, in a folder that knows nothing of modules", async () => {
    await write("package.json", "{}");
    const [suite] = await loadDeclarations([await write("own.ts", declaration)]);
    assert.equal(suite?.name, "own");
    assert.deepEqual(
      suite.checks.map(({ name }) => name),
      ["short-name", "reached"],
    );
  });

  it("that throw, lack their declaration or come twice are one clear error with its place", async () => {
    const throws = await write("throws.ts", `${declaration}\nthrow new Error("no such thing");`);
    await assert.rejects(loadDeclarations([throws]), (error: Error & { details?: { where?: string } }) => {
      assert.match(error.message, /cannot be loaded: no such thing/);
      assert.match(error.details?.where ?? "", /throws\.ts:\d+:\d+$/);
      return true;
    });
    const bare = await write("bare.ts", "// defineSuite\nexport const x = 1;");
    await assert.rejects(loadDeclarations([bare]), /declares no suite/);
    const twice = [await write("a.ts", declaration), await write("b.ts", declaration)];
    await assert.rejects(loadDeclarations(twice), /two suites are named own/);
    const empty = await write("empty.ts", declaration.replace('["none"];', "[];"));
    await assert.rejects(loadDeclarations([empty]), /checks nothing/);
  });
});
