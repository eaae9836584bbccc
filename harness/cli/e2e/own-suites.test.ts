import assert from "node:assert/strict";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestResult } from "allure-js-commons";
import { latestRun, newOut, runCli } from "./run-cli.fixture.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const topology = `
name: mine
subnets: { left: { cidr: 198.18.1.0/24 }, right: { cidr: 198.18.2.0/24 } }
routers: { core: { subnets: [left, right] } }
nodes: { l1: { subnet: left }, l2: { subnet: left }, r1: { subnet: right } }
`;

/** One test of an incident: the route to a neighbor's block goes through the tunnel, as it did after an upgrade. */
const incident = (fault: string): string => `
import { useLab } from "encaplab";
describe("incident 42", () => {
  const net = useLab({ topology: "./mine.yaml", mode: "VXLANCrossSubnet" });
  it("stays plain within a rack", async () => {
    ${fault}
    (await net.prove("pod-to-pod/same-subnet/v4/l1->l2")).mustPass();
  });
});
`;

const declaration = `
import { defineCheck, defineSuite } from "encaplab";
const answered = defineCheck({
  name: "answered",
  proves: "every probe of the path has a result",
  of: "path",
  judge: ({ expectation, results }) => ({
    id: expectation.path.id,
    check: "answered",
    status: results.length > 0 ? "pass" : "fail",
    expected: "results",
    observed: String(results.length),
    evidence: [],
  }),
});
export default defineSuite({
  name: "own/answered",
  proves: "Every path is asked.",
  modes: ["vxlan-cross-subnet"],
  mustInclude: ["cross-subnet"],
  probes: ["ping", "curl"],
  checks: [answered, "reached"],
});
`;

describe("suites of one's own, end to end on namespaces", function () {
  this.timeout(120_000);
  let out: string;
  let folder: string;
  beforeEach(async () => {
    out = await newOut();
    folder = join(out, "mine");
    await mkdir(folder);
    await writeFile(join(folder, "mine.yaml"), topology);
  });
  afterEach(() => rm(out, { recursive: true }));

  const suite = (...argv: string[]) => runCli("suite", "--out", out, "--provider", "netns", ...argv);

  async function resultsOf(): Promise<readonly TestResult[]> {
    const results = join(out, "latest", "allure-results");
    const names = (await readdir(results)).filter((name) => name.endsWith("-result.json"));
    const texts = await Promise.all(names.map((name) => readFile(join(results, name), "utf8")));
    return texts.map((text) => JSON.parse(text) as TestResult);
  }

  it("run in both forms, on one's own topology, into the same reports", async () => {
    await writeFile(join(folder, "incident.suite.ts"), incident(""));
    await writeFile(join(folder, "declared.ts"), declaration);
    const { code, stdout, stderr } = await suite("--suites", folder, "--topology", join(folder, "mine.yaml"));
    assert.equal(code, 0, stdout + stderr);
    assert.match(
      stdout,
      /vxlan-cross-subnet\n[\s\S]*incident\.suite\.ts\n {2}✔ incident 42 › stays plain within a rack/,
    );
    assert.match(stdout, /PASS {2}1 mode, 1 test · \d+ checks passed, 0 failed/);
    const run = await latestRun(out);
    assert.deepEqual([...new Set(run.verdicts.map(({ check }) => check))].sort(), ["answered", "reached", "test"]);
    assert.deepEqual(run.mode, ["vxlan-cross-subnet"]);
    assert.equal(run.topology, "mine");
    const junit = await readFile(join(out, "latest", "junit.xml"), "utf8");
    assert.match(junit, /<testcase name="incident 42 › stays plain within a rack"/);
    const names = (await resultsOf()).map(({ name }) => name);
    assert.ok(names.includes("stays plain within a rack"));
    assert.ok(names.includes("pod l1 → pod r1, across racks: VXLAN"));
  });

  it("turn red by the fault that they are about, with the wire as proof", async () => {
    const route = '"ip", "route", "replace", "198.19.0.64/26", "via", "198.19.0.64", "dev", "vxlan.calico", "onlink"';
    await writeFile(join(folder, "incident.suite.ts"), incident(`await net.node("l1").run([${route}]);`));
    const { code, stdout, stderr } = await suite("--suites", folder);
    assert.equal(code, 1, stdout + stderr);
    assert.match(stdout, /✘ incident 42 › stays plain within a rack {3}needless encapsulation/);
    assert.match(stdout, /by hand {3}l1: ip route replace 198\.19\.0\.64\/26/);
    assert.match(stdout, /incident\.suite\.ts:\d+:\d+/);
    const result = (await resultsOf()).find(({ name }) => name === "stays plain within a rack");
    assert.equal(result?.status, "failed");
    assert.match(result.statusDetails.message ?? "", /^needless encapsulation: /);
    const proof = result.steps.find(({ name }) => name?.startsWith("prove ") === true);
    assert.ok(proof?.steps.some(({ name }) => name === "hop by hop"));
    assert.match(await readFile(join(out, "latest", "junit.xml"), "utf8"), /<failure type="needless encapsulation"/);
  });

  it("are refused with their place where they cannot be loaded, and nothing is built", async () => {
    await writeFile(
      join(folder, "bad.suite.ts"),
      'import { useLab } from "encaplab";\nthrow new Error("not today");\n',
    );
    const { code, stdout, stderr } = await suite("--suites", folder);
    assert.equal(code, 2, stdout + stderr);
    assert.match(stderr, /cannot be loaded: not today\n {2}where .*bad\.suite\.ts:2:\d+/);
    assert.deepEqual((await readdir(out)).sort(), ["mine"]);
  });

  it("have worked examples, which run", async () => {
    const { code, stdout, stderr } = await suite("--suites", join(root, "suites", "examples"));
    assert.equal(code, 0, stdout + stderr);
    for (const title of ["is plain within a rack and encapsulated across", "the conversation goes on"])
      assert.match(stdout, new RegExp(`✔ .*${title}`));
    assert.match(stdout, /✔ a ping in VXLAN › has the nodes' addresses outside/);
    assert.match(stdout, /[✔–] a ping in IPIP/);
  });
});
