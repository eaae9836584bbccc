import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { BatchCommand } from "./batch-command.ts";
import { CommandError } from "./command-error.ts";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local/local.ts";
import { prefixedExecutor } from "./namespace/prefix.ts";
import { runBatches } from "./run-batches.ts";

const run = "runbatches";
const host = localExecutor({ env: { ENCAPLAB_RUN: `${run}:${process.pid}` } });
const options = { places: 2, parallel: 2, timeoutMs: 10_000 };

function place(name: string, inner: Executor = host): Executor {
  return prefixedExecutor(inner, { argv: ["env", `PLACE=${name}`], where: name });
}

function say(id: string, script: string): BatchCommand {
  return { id, argv: ["sh", "-c", script] };
}

describe("batches in many places", () => {
  it("share a host's folder and process, and are told apart", async () => {
    let processes = 0;
    const counting: Executor = { ...host, run: (...args) => ((processes += 1), host.run(...args)) };
    const batches = ["a", "b", "c"].map((name) => ({
      executor: place(name, counting),
      commands: [
        say("out", "echo $PLACE; pwd"),
        say("fails", "echo $PLACE >&2; exit 7"),
        { id: "reads", argv: ["cat"], input: `${name}\nEND` },
      ],
    }));
    const results = await runBatches(batches, options);
    assert.equal(processes, 1);
    const folders = new Set<string>();
    for (const [index, name] of ["a", "b", "c"].entries()) {
      const own = results[index] ?? assert.fail();
      const [said, folder = ""] = own.get("out")?.stdout.split("\n") ?? [];
      folders.add(folder);
      assert.equal(said, name);
      assert.equal(own.get("out")?.where, name);
      assert.deepEqual([own.get("fails")?.exitCode, own.get("fails")?.stderr], [7, `${name}\n`]);
      assert.equal(own.get("reads")?.stdout, `${name}\nEND\n`);
    }
    assert.equal(folders.size, 1);
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith(`encaplab-${run}.`));
    assert.deepEqual(left, []);
  });

  it("run by themselves where a host has one place, and none where there is nothing to run", async () => {
    const [one, none] = await runBatches(
      [
        { executor: place("a"), commands: [say("out", "echo $PLACE")] },
        { executor: localExecutor({ where: "another host" }), commands: [] },
      ],
      options,
    );
    assert.equal(one?.get("out")?.stdout, "a\n");
    assert.equal(none?.size, 0);
  });

  it("kill a command whose time is over, and no other", async () => {
    const slow = { id: "slow", argv: ["sleep", "5"], timeoutMs: 1000 };
    const batches = ["a", "b"].map((name) => ({ executor: place(name), commands: [slow, say("quick", "echo here")] }));
    for (const own of await runBatches(batches, options)) {
      assert.equal(own.get("slow")?.exitCode, 137);
      assert.equal(own.get("quick")?.stdout, "here\n");
    }
  });

  it("fail with the name of the place where no command can be run", async () => {
    const gone = prefixedExecutor(host, { argv: ["nsenter", "--net=/run/netns/none", "--"], where: "pod gone" });
    const batches = [place("a"), gone].map((executor) => ({ executor, commands: [say("out", "echo")] }));
    await assert.rejects(runBatches(batches, options), (error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.details.where, "pod gone");
      assert.match(error.details.tail ?? "", /nsenter: /);
      return true;
    });
  });

  it("take turns: no place waits until another has done all of its own", async () => {
    const file = (await host.run(["mktemp"])).stdout.trim();
    try {
      const log = (id: number): BatchCommand => say(String(id), `echo "$PLACE ${id}" >>${file}`);
      const batches = ["a", "b"].map((name) => ({ executor: place(name), commands: [1, 2, 3].map(log) }));
      await runBatches(batches, { ...options, places: 1, parallel: 1 });
      const order = (await host.run(["cat", file])).stdout.trim().split("\n");
      assert.deepEqual(order, ["a 1", "b 1", "a 2", "b 2", "a 3", "b 3"]);
    } finally {
      await host.run(["rm", "-f", file]);
    }
  });

  it("fail no place of which only the commands fail", async () => {
    const commands = [say("one", "echo 'sh: no' >&2; exit 1"), say("two", "exit 2")];
    const [own] = await runBatches([{ executor: place("a"), commands }], options);
    assert.deepEqual([own?.get("one")?.exitCode, own?.get("two")?.exitCode], [1, 2]);
  });
});
