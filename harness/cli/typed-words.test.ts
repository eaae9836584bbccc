import assert from "node:assert/strict";
import { Command } from "commander";
import { addSuite } from "./suite.ts";
import { typedWords } from "./typed-words.ts";

describe("words typed", () => {
  const program = new Command("encaplab");
  addSuite(program);
  const [suite] = program.commands;
  assert.ok(suite !== undefined);
  const words = (...argv: readonly string[]): string => typedWords(suite, argv, ["--mode", "--paths"]).join(" ");

  it("keep every option with its value, in either spelling", () => {
    assert.equal(
      words("--provider", "kind", "--kind=/opt/kind", "--keep", "--fault", "slash-32-node-address"),
      "--provider kind --kind=/opt/kind --keep --fault slash-32-node-address",
    );
  });

  it("leave out the named options with their values, and words that stand alone", () => {
    assert.equal(words("7f3kq", "--mode", "VXLAN", "--no-throughput", "--paths=a", "--mode=None"), "--no-throughput");
  });

  it("do not take a value for an option", () => {
    assert.equal(words("--topology", "--mode", "--quiet"), "--topology --mode --quiet");
  });
});
