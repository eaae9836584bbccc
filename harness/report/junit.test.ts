import assert from "node:assert/strict";
import type { RunRecord } from "../run/record.ts";
import { renderJunit } from "./junit.ts";
import {
  brokenRun,
  failingId,
  failingRun,
  inconclusiveId,
  leakyRun,
  passingRun,
  secrets,
  skippedId,
} from "./sample-records.fixture.ts";
import { parseXml, type XmlNode } from "./xml-reader.fixture.ts";

describe("JUnit report", () => {
  const folder = "results/7f3kq";
  const casesOf = (record: RunRecord): readonly XmlNode[] => all(parseXml(renderJunit(record, folder)), "testcase");

  it("has a testsuite per mode and a testcase per path and node, named by its id", () => {
    const record = passingRun();
    const root = parseXml(renderJunit(record, folder));
    assert.deepEqual(
      all(root, "testsuite").map((suite) => suite.attributes.name),
      ["vxlan-cross-subnet"],
    );
    const names = casesOf(record).map((one) => one.attributes.name);
    assert.deepEqual(new Set(names), new Set(record.verdicts.map((verdict) => verdict.id)));
    assert.equal(new Set(names).size, names.length);
  });

  it("counts what it contains", () => {
    for (const record of [passingRun(), failingRun(), brokenRun()]) {
      const root = parseXml(renderJunit(record, folder));
      for (const suite of [root, ...all(root, "testsuite")]) {
        assert.equal(suite.attributes.tests, String(all(suite, "testcase").length));
        assert.equal(suite.attributes.failures, String(all(suite, "failure").length));
        assert.equal(suite.attributes.errors, String(all(suite, "error").length));
        assert.equal(suite.attributes.skipped, String(all(suite, "skipped").length));
      }
    }
  });

  const outcomes: readonly (readonly [string, string, RegExp])[] = [
    [failingId, "failure", /for the same subnet are inside VXLAN/],
    [inconclusiveId, "error", /the tap cannot be trusted/],
    [skippedId, "skipped", /needs kernel 4\.19\.1/],
  ];
  for (const [id, tag, message] of outcomes) {
    it(`shows ${id} as ${tag} with its reason`, () => {
      const one = casesOf(failingRun()).find((node) => node.attributes.name === id);
      const child = one?.children.find((node) => node.name === tag);
      assert.match(child?.attributes.message ?? "", message);
    });
  }

  it("carries routes, packets and the commands to see and repeat in system-out", () => {
    const one = casesOf(failingRun()).find((node) => node.attributes.name === failingId);
    const text = one?.children.find((node) => node.name === "system-out")?.text ?? "";
    assert.match(text, /a1: ip route:/);
    assert.match(text, /tcpdump -nn -r results\/7f3kq\/pcaps\/a1\.pcap/);
    assert.match(text, /npm run suite -- --mode VXLANCrossSubnet .*--paths 'pod-to-pod\/same-subnet\/v4\/a1->a2'/);
  });

  it("says how to run a test of one's own again that no path decided", () => {
    const run = passingRun();
    const [verdict] = run.verdicts;
    assert.ok(verdict);
    const id = "tests/mine.suite.ts/it";
    const test = {
      id,
      file: "mine.suite.ts",
      titles: ["it"],
      startedAt: run.startedAt,
      durationMs: 5,
      commands: [],
      proofs: [],
    };
    const own = { ...run, tests: [test], verdicts: [...run.verdicts, { ...verdict, id }] };
    const text =
      casesOf(own)
        .find((node) => node.attributes.name === "it")
        ?.children.at(0)?.text ?? "";
    assert.match(text, /npm run suite -- --suites \S*mine\.suite\.ts/);
  });

  it("has an error when the lab could not be built, and never an empty suite", () => {
    const errors = all(parseXml(renderJunit(brokenRun(), folder)), "error");
    assert.ok(errors.some((error) => (error.attributes.message ?? "").includes("Operation not permitted")));
    assert.equal(all(parseXml(renderJunit(brokenRun(), folder)), "testcase").length, errors.length);
  });

  it("shows a mode that was skipped whole as skipped, with its reason", () => {
    const run = passingRun();
    const skip = "this kernel has no ipip module";
    const scenarios = run.scenarios.map((one) => ({ ...one, mode: "ipip-always" as const, skip, paths: [] }));
    const skipped = all(parseXml(renderJunit({ ...run, scenarios, verdicts: [] }, folder)), "skipped");
    assert.deepEqual(
      skipped.map((node) => node.attributes.message),
      [skip],
    );
  });

  it("stays well-formed whatever a program printed", () => {
    const run = failingRun();
    const nasty = 'a\u0000b\u001b[31m <x> & "quoted" \ud800 ]]> \ufffe é \u{1f600}';
    const verdicts = run.verdicts.map((one) => ({ ...one, observed: nasty, reason: nasty, evidence: [nasty] }));
    const failures = all(parseXml(renderJunit({ ...run, verdicts }, folder)), "failure");
    assert.equal(failures[0]?.attributes.message, 'ab[31m <x> & "quoted"  ]]>  é \u{1f600}');
  });

  it("tells no secret", () => {
    const text = renderJunit(leakyRun(), folder);
    for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), secret);
  });
});

function all(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}
