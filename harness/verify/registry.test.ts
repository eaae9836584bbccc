import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { expectPath } from "../encap/expect.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { verdictSchema } from "../report/verdict-schema.ts";
import { defineSuite, questionsFor } from "../run/suite.ts";
import { caseAsExpected } from "./case.fixture.ts";
import { defineCheck, type Check } from "./check.ts";
import { judgePath } from "./judge-path.ts";
import { checkOf, checks, checksOf } from "./registry.ts";

describe("the registry of checks", () => {
  it("has every check once, named like its file, each saying what it proves", async () => {
    const names = checks.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const files = await readdir(new URL(".", import.meta.url));
    for (const { name, proves } of checks) {
      assert.ok(files.includes(`${name}.ts`), name);
      assert.ok(proves.length > 20, name);
    }
  });

  it("lets each check be asked by the suites of its part", () => {
    const asked = [...checksOf("encapsulation"), ...checksOf("mtu")];
    assert.deepEqual([...asked].sort(), checks.map(({ name }) => name).sort());
  });
});

describe("a check of one's own", () => {
  const own = defineCheck({
    of: "path",
    name: "short-way",
    proves: "the path has no more than two taps",
    judge: ({ expectation: { path, forward } }) => {
      const status = forward.hops.length <= 2 ? "pass" : "fail";
      return { id: path.id, check: "short-way", status, expected: "2", observed: "?", evidence: [] };
    },
  });
  const suite = defineSuite({
    name: "own/short-way",
    proves: "Ways are short.",
    modes: ["vxlan-always"],
    mustInclude: [],
    probes: ["ping"],
    checks: [own, "reached"],
  });

  it("is asked, judged and stored without a line anywhere else", async () => {
    const questions = questionsFor("vxlan-always", [suite]);
    assert.deepEqual(
      questions.checks.map(({ name }) => name),
      ["reached", "short-way"],
    );
    const plan = await planOf("two-racks");
    const mode = modeOf("vxlan-always");
    const expectations = enumeratePaths(plan, mode, "full").map((path) =>
      expectPath(plan, mode, identitiesFromAllocation(plan, mode), path),
    );
    const verdicts = expectations.flatMap((expectation) => judgePath(caseAsExpected(expectation), questions.checks));
    const answers = verdicts.filter(({ check }) => check === "short-way");
    assert.equal(answers.length, expectations.length);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set(["pass", "fail"]));
    for (const verdict of verdicts) assert.deepEqual(verdictSchema.parse(verdict), verdict);
  });

  it("is refused under a name that is taken, or that is none", () => {
    const judge = () => undefined;
    const twin: Check = { of: "path", name: "reached", proves: "something else", judge };
    assert.throws(() => defineSuite({ ...suite, checks: [twin] }), /there is a check "reached" already/);
    assert.throws(() => defineCheck({ of: "path", name: "Short Way", proves: "x", judge }), /lower case/);
    assert.throws(() => defineCheck({ of: "path", name: "short-way", proves: " ", judge }), /what a pass proves/);
    assert.equal(checkOf(own), own);
  });
});
