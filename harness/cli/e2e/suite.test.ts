import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { latestRun, newOut, runCli } from "./run-cli.fixture.ts";
import { isSpecial, localities, traffics } from "../../encap/path.ts";

describe("suite, end to end on namespaces", function () {
  this.timeout(120_000);
  let out: string;
  beforeEach(async () => {
    out = await newOut();
  });
  afterEach(() => rm(out, { recursive: true }));

  const suite = (...argv: string[]) => runCli("suite", "--out", out, "--provider", "netns", ...argv);

  it("proves VXLANCrossSubnet on two racks, on every traffic and locality, with all reports", async () => {
    const { code, stdout, stderr } = await suite("--mode", "CrossSubnet", "--encap", "vxlan");
    assert.equal(code, 0, stdout + stderr);
    const run = await latestRun(out);
    assert.equal(run.exitCode, 0);
    assert.equal(run.summary.fail + run.summary.inconclusive + run.summary.skip, 0);
    const judged = new Set(run.verdicts.map(({ id }) => id.split("/").slice(1, 3).join("/")));
    for (const traffic of traffics.filter((one) => !isSpecial(one))) {
      for (const locality of localities) assert.ok(judged.has(`${traffic}/${locality}`), `${traffic}/${locality}`);
    }
    assert.ok(run.measurements.some(({ what }) => what === "throughput"));
    assert.deepEqual(new Set(overheads(run.measurements)), new Set([0, 50]));
    assert.match(stdout, /VXLAN ✔/);
    assert.match(await readFile(join(out, "latest", "junit.xml"), "utf8"), /<testcase /);
    assert.match(await readFile(join(out, "latest", "allure-report", "index.html"), "utf8"), /<html/i);
  });

  it("says how to get Calico where it is asked for and there is none, with exit 3", async () => {
    const { code, stdout, stderr } = await suite("--mode", "VXLAN", "--dataplane", "calico");
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, /no Calico was given\n.*--calico-bin DIR.*--calico-archive FILE/);
  });

  for (const [title, argv] of [
    ["VXLAN on two racks", ["--mode", "VXLAN"]],
    ["None, which dies between racks as it must", ["--mode", "None"]],
    ["None with a fabric that routes pods", ["--mode", "None", "--topology", "static-fabric"]],
    ["both families on dual-stack", ["--mode", "VXLANCrossSubnet", "--topology", "dual-stack", "--family", "dual"]],
    ["VXLANCrossSubnet on three racks", ["--mode", "VXLANCrossSubnet", "--topology", "three-racks"]],
    [
      "VXLANCrossSubnet with prefixes wider than the segment",
      ["--mode", "VXLANCrossSubnet", "--topology", "wide-prefix"],
    ],
    ["VXLAN on one rack", ["--mode", "VXLAN", "--topology", "one-rack"]],
  ] as const) {
    it(`passes ${title}`, async () => {
      const { code, stdout, stderr } = await suite(...argv, "--no-throughput", "--no-color");
      assert.equal(code, 0, stdout + stderr);
    });
  }

  it("names the module when the kernel cannot do IPIP, and exits 2 when nothing else was asked", async () => {
    const { code, stdout } = await suite("--mode", "IPIP", "--no-throughput");
    const run = await latestRun(out);
    if (run.summary.skip === 0) {
      assert.equal(code, 0, "a kernel with ipip passes");
      return;
    }
    assert.equal(code, 2);
    assert.match(stdout, /ipip module/);
    assert.ok(run.verdicts.every(({ status, reason }) => status === "skip" && (reason ?? "").includes("ipip")));
  });

  it("refuses a topology without the paths that the mode's suite promises", async () => {
    const { code, stderr } = await suite("--mode", "VXLANCrossSubnet", "--topology", "one-rack");
    assert.equal(code, 2);
    assert.match(stderr, /promises cross-subnet paths/);
  });
});

function overheads(measurements: readonly { readonly what: string; readonly samples: readonly number[] }[]): number[] {
  return measurements.filter(({ what }) => what === "overhead").flatMap(({ samples }) => samples);
}
