import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { skipFor } from "../harness/core/skip.fixture.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");

describe("the package", function () {
  // Compiling takes 6 s of processor time, on machines that do other things meanwhile.
  this.timeout(120_000);
  let folder = "";
  let files: readonly string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-package-"));
    const packed = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root });
    const [{ filename, files: list }] = JSON.parse(packed.stdout) as [Packed];
    files = list.map(({ path }) => path);
    await install(join(folder, filename), folder);
  });
  const command = (): string => join(folder, "node_modules", "encaplab", "scripts", "encaplab.mjs");
  after(() => rm(folder, { recursive: true, force: true }));

  it("has the harness, the suites, the topologies, and nothing of tests or results", () => {
    for (const needed of ["harness/cli/main.js", "suites/all-suites.js", "topologies/two-racks.yaml"])
      assert.ok(files.includes(`dist/${needed}`), needed);
    const wanted = /^(?:dist\/(?:harness|suites|topologies|scripts)\/|dist\/package\.json$|scripts\/encaplab\.mjs$)/;
    assert.deepEqual(files.filter((file) => !wanted.test(file)).sort(), ["LICENSE", "README.md", "package.json"]);
    const forTests = /\.test\.|\.fixture\.|\.contract\.|testdata|results|bench|\bfake\b|(?<!\.d)\.ts$/;
    assert.deepEqual(
      files.filter((file) => forTests.test(file)),
      [],
    );
  });

  it("offers its entry to others, with types that stand beside it", async () => {
    await writeFile(join(folder, "use.mjs"), 'import * as api from "encaplab"; console.log(Object.keys(api).join());');
    const { stdout } = await run(process.execPath, ["use.mjs"], { cwd: folder });
    assert.match(stdout, /defineSuite/);
    const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
    assert.ok(files.includes(exports["."].types.slice(2)));
  });

  it("runs suites that lie beside it, in TypeScript, into a folder of the user's", async function () {
    if (process.getuid?.() !== 0) skipFor(this, "namespaces need root");
    const text = [
      'import { useLab } from "encaplab";',
      'describe("mine", () => {',
      '  const net = useLab({ mode: "VXLAN" });',
      '  it("holds", async () => (await net.prove("pod-to-pod/cross-subnet/v4/a1->b1" as string)).mustPass());',
      "});",
    ];
    await writeFile(join(folder, "mine.suite.ts"), text.join("\n"));
    const argv = [command(), "suite", "--suites", ".", "--provider", "netns", "--quiet"];
    const { stdout } = await run(process.execPath, argv, { cwd: folder });
    assert.match(stdout, /PASS {2}1 test · 1 check passed/);
    assert.ok((await readdir(join(folder, "results", "latest"))).includes("run.json"));
  });

  it("runs its command in a folder of the user's, on the topologies that it brings", async () => {
    const { stdout } = await run(process.execPath, [command(), "list", "--mode", "VXLAN"], { cwd: folder });
    assert.match(stdout, /vxlan-always\/pod-to-pod\/cross-subnet\/v4\/a1->b1/);
    const help = await run(process.execPath, [command(), "--help"], { cwd: folder });
    assert.match(help.stdout, /npx encaplab suite --mode CrossSubnet/);
    assert.doesNotMatch(help.stdout, /npm run/);
  });
});

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly exports: { readonly ".": { readonly types: string } };
}

/** As `npm install` lays it out, but with links to the packages that this clone has: those for development are left out. */
async function install(tarball: string, into: string): Promise<void> {
  const modules = join(into, "node_modules");
  const own = join(modules, "encaplab");
  await mkdir(own, { recursive: true });
  await run("tar", ["xzf", tarball, "--strip-components=1", "-C", own]);
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  const needed = Object.entries(lock.packages).filter(
    ([path, { dev }]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) && dev !== true,
  );
  for (const [path] of needed) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await symlink(join(root, path), join(into, path));
  }
}
