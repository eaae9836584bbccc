import assert from "node:assert/strict";
import type { CommandResult } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import type { LabNode } from "../../lab/lab.ts";
import { clockNow, readClocks } from "./read-clocks.ts";

const host = localExecutor();

/** A node whose date(1) prints what is given. */
function nodeWith(name: string, print: () => string): LabNode {
  const tryRun = (argv: readonly string[]): Promise<CommandResult> => {
    const result = { where: name, argv, exitCode: 0, stdout: print(), stderr: "", durationMs: 0 };
    return Promise.resolve(result);
  };
  return { name, role: "node", executor: { ...host, tryRun }, enter: () => [], namespacePrefix: "" };
}

describe("clocks of nodes", () => {
  it("are read against this host's, whose own is ahead by nothing", async () => {
    const clocks = await readClocks([
      { ...nodeWith("here", () => ""), executor: host },
      nodeWith("ahead", () => `${(clockNow() + 100).toFixed(9)}\n`),
      nodeWith("behind", () => `${(clockNow() - 1.5).toFixed(9)}\n`),
      nodeWith("coarse", () => "1790000000.%N\n"),
    ]);
    assert.equal(clocks.get("here"), 0);
    assert.ok(Math.abs((clocks.get("ahead") ?? 0) - 100) < 0.1);
    assert.ok(Math.abs((clocks.get("behind") ?? 0) + 1.5) < 0.1);
    assert.equal(clocks.get("coarse"), 0);
  });
});
