import assert from "node:assert/strict";
import { modeOf } from "./bisect-step.ts";
import { makeProgram } from "./program.ts";

const check = ["--check", "ipip-always/control-plane/a1"];

describe("bisect", () => {
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["ends that are one", ["--good", "6.1", "--bad", "6.1", ...check], /--good and --bad are both 6\.1/],
    ["a list of both kinds", ["6.6", "--good", "6.1", "--bad", "calico/node:v3.32.1", ...check], /6\.1 is a kernel/],
    ["a check without a mode", ["--good", "6.1", "--bad", "6.12", "--check", "reached"], /does not name its mode/],
    [
      "a mode that is not the check's",
      ["--good", "6.1", "--bad", "6.12", "--mode", "VXLAN", ...check],
      /of another mode than --mode/,
    ],
    ["a release that is not there", ["--good", "./v1.tar", "--bad", "./v2.tar", ...check], /v1\.tar: there is no such/],
    [
      "a release where the dataplane is the reference",
      ["--good", "x/node:v1", "--bad", "x/node:v2", "--dataplane", "reference", ...check],
      /--calico has no effect with/,
    ],
    ["to pass over an end", ["--good", "6.1", "--bad", "6.12", "--skip", "6.1", ...check], /--skip 6\.1 is an end/],
  ];
  for (const [what, argv, message] of refused) {
    it(`refuses ${what} before anything is built`, async () => {
      const program = await makeProgram(["bisect"]);
      const running = program.parseAsync(["bisect", ...argv], { from: "user" });
      // Verbs are loaded when they are asked for, by another loader than the test's own: classes are told apart by name.
      await assert.rejects(running, { name: "UsageError", message, exitCode: 2 });
    });
  }

  it("knows the mode of an id, and of no check alone", () => {
    assert.equal(modeOf("vxlan-cross-subnet/control-plane/*")?.calicoName, "VXLANCrossSubnet");
    assert.equal(modeOf("reached"), undefined);
  });
});
