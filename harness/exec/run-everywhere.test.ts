import assert from "node:assert/strict";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local/local.ts";
import { prefixedExecutor } from "./namespace/prefix.ts";
import { recordingExecutor } from "./recording.ts";
import { runEverywhere } from "./run-everywhere.ts";

/** For this test: a host that remembers how many processes it was asked for, and places on it that differ by a variable. */
function host(): { readonly executor: Executor; readonly started: () => number } {
  let count = 0;
  const executor = recordingExecutor(localExecutor({ env: { ENCAPLAB_RUN: `every:${process.pid}` } }), () => {
    count += 1;
  });
  return { executor, started: () => count };
}

function placeOn(inner: Executor, name: string): Executor {
  return prefixedExecutor(inner, { argv: ["env", `PLACE=${name}`], where: `node ${name}` });
}

describe("runEverywhere", () => {
  it("gives each place its own answer, in order, from one process per host", async () => {
    const one = host();
    const other = host();
    const names = ["a", "b", "c", "d", "e"];
    const placed = names.map((name, index) => ({
      executor: placeOn(placeOn(index < 3 ? one.executor : other.executor, "outer"), name),
      script: `echo "$PLACE ${index}"; echo oops >&2; exit ${index}`,
    }));
    const results = await runEverywhere(placed);
    assert.deepEqual(
      results.map(({ where, stdout, stderr, exitCode }) => [where, stdout, stderr, exitCode]),
      names.map((name, index) => [`node ${name}`, `${name} ${index}\n`, "oops\n", index]),
    );
    assert.deepEqual([one.started(), other.started()], [1, 1]);
  });

  it("needs no batch for a single place, and none for no place", async () => {
    const { executor, started } = host();
    assert.deepEqual(await runEverywhere([]), []);
    const [result] = await runEverywhere([{ executor: placeOn(executor, "a"), script: "echo $PLACE" }]);
    assert.equal(result?.stdout, "a\n");
    assert.equal(started(), 1);
  });

  it("keeps hundreds of places apart in a few processes", async () => {
    const { executor, started } = host();
    const placed = Array.from({ length: 60 }, (_, index) => ({
      executor: placeOn(executor, String(index)),
      script: "echo $PLACE",
    }));
    const results = await runEverywhere(placed);
    assert.deepEqual(
      results.map(({ stdout }) => stdout.trim()),
      placed.map((_, index) => String(index)),
    );
    assert.equal(started(), 3);
  });

  it("throws when a place cannot be reached at all", async () => {
    const { executor } = host();
    const gone = prefixedExecutor(executor, { argv: ["encaplab-no-such-program"], where: "node gone" });
    await assert.rejects(runEverywhere([{ executor: gone, script: "true" }]), /encaplab-no-such-program/);
  });
});
