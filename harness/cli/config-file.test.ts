import assert from "node:assert/strict";
import { Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { applyConfig } from "./config-file.ts";
import { addSuite } from "./suite.ts";

/** The options of `suite` with a configuration and flags beside it. */
function read(text: string, ...flags: readonly string[]): Record<string, unknown> {
  const program = new Command("encaplab").exitOverride();
  addSuite(program);
  const suite = program.commands.find((command) => command.name() === "suite");
  assert.ok(suite !== undefined);
  suite.exitOverride().action(() => undefined);
  program.parse(["suite", ...flags], { from: "user" });
  applyConfig(suite, "nightly.yaml", text);
  return suite.opts();
}

function refused(text: string, ...patterns: readonly RegExp[]): void {
  assert.throws(
    () => read(text),
    (error) => {
      assert.ok(error instanceof UsageError);
      const said = `${error.message}\n${error.details.tail ?? ""}`;
      for (const pattern of patterns) assert.match(said, pattern);
      return true;
    },
  );
}

describe("configuration file", () => {
  it("gives values as flags would", () => {
    const options = read(
      "mode: [VXLAN, None]\ncapture-buffer: 64M\nkeep: true\nkernel: 6.10\nfamily: 4\nprovider: vm\n",
    );
    assert.deepEqual(options.mode, ["VXLAN", "None"]);
    assert.equal(options.captureBuffer, 64 * 1024);
    assert.equal(options.keep, true);
    assert.deepEqual(options.kernel, ["6.10"], "not the number 6.1");
    assert.equal(options.family, "4");
    assert.equal(options.provider, "vm");
  });

  it("says no by either name of a switch that is on by default", () => {
    assert.equal(read("throughput: false\n").throughput, false);
    assert.equal(read("no-throughput: true\n").throughput, false);
    assert.equal(read("no-throughput: false\n").throughput, true);
  });

  it("gives way to flags", () => {
    assert.deepEqual(read("mode: None\n", "--mode", "VXLAN").mode, ["VXLAN"]);
  });

  it("takes true and false for switches and nothing else, and says where", () => {
    refused("mode: VXLAN\nkeep: no\n", /^nightly\.yaml:2:7 keep: takes true or false, not no /);
    refused("no-throughput: off\n", /nightly\.yaml:1:16 no-throughput: takes true or false, not off/);
    refused("keep:\n", /nightly\.yaml:1:\d+ keep: takes true or false/);
    refused("keep: [true]\n", /takes true or false, not a list/);
  });

  it("refuses what the flag would refuse", () => {
    refused("provider: bogus\n", /nightly\.yaml:1:11 provider: bogus: .*[Aa]llowed choices/);
    refused("capture-buffer: lots\n", /capture-buffer: lots: write a size/);
    refused("mode: true\n", /mode: takes a value, not true/);
    refused("topology: [two-racks, one-rack]\n", /topology: takes one value, not 2/);
    refused('out: ""\n', /out: takes a value, and this one is empty/);
    refused("mode: {a: b}\n", /mode: takes a value/);
  });

  it("names keys that it does not know, and every problem at once", () => {
    refused("modes: all\n", /nightly\.yaml:1:1 unknown option "modes" \(did you mean mode\?\); known: .*mode/);
    refused("keep: no\nmodes: all\n", /has 2 problems/, /:1:7 keep/, /:2:1 unknown option "modes"/);
  });

  it("that is not a mapping, or no YAML, is told with its place", () => {
    refused("- mode\n", /nightly\.yaml:1:1 is not a YAML mapping/);
    refused("mode: [VXLAN\n", /nightly\.yaml:\d+:\d+ /);
    refused("keep: true\nkeep: false\n", /nightly\.yaml:2:1 .*unique/);
  });
});
