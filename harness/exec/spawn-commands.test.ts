import assert from "node:assert/strict";
import { Scope } from "../core/scope.ts";
import { CommandError } from "./command-error.ts";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local/local.ts";
import { prefixedExecutor } from "./namespace/prefix.ts";
import { recordingExecutor } from "./recording.ts";
import { spawnCommands } from "./spawn-commands.ts";

const waitMs = 20_000;

/**
 * For this test: says that it is there, and at SIGTERM or SIGINT, as tcpdump does, some last words. The signal comes twice, since
 * timeout(1) passes it on to the group, and perl takes away its handlers when it ends.
 */
const polite = `
$| = 1;
my $end = sub { $SIG{TERM} = $SIG{INT} = "IGNORE"; print "bye \\\\n of $ENV{PLACE}\\n\\nend without newline"; exit 3 };
$SIG{TERM} = $end; $SIG{INT} = $end;
print STDERR "$ENV{PLACE} listens\\n";
sleep 1 while 1;
`;

describe("spawnCommands", () => {
  const host = localExecutor({ env: { ENCAPLAB_RUN: `spawn:${process.pid}` } });
  const placeOn = (inner: Executor, name: string): Executor =>
    prefixedExecutor(inner, { argv: ["env", `PLACE=${name}`], where: `node ${name}` });

  for (const names of [["a"], ["a", "b", "c"]]) {
    it(`starts ${names.length} on one host by one process, and stops them to their last word`, async () => {
      let started = 0;
      const counting = recordingExecutor(host, () => (started += 1));
      const scope = new Scope();
      const placed = names.map((name) => ({ executor: placeOn(counting, name), argv: ["perl", "-e", polite] }));
      const running = await spawnCommands(placed, { longestSeconds: 60 }, scope);
      const lines = await Promise.all(running.map((one) => one.waitForLine(/^\w+ listens/, waitMs)));
      assert.deepEqual(
        lines,
        names.map((name) => `${name} listens`),
      );
      const results = await Promise.all(running.map((one) => one.stop()));
      for (const [index, { where, exitCode, stdout, stderr }] of results.entries()) {
        assert.equal(where, `node ${names[index] ?? ""}`);
        assert.equal(exitCode, 3);
        assert.match(stdout + stderr, new RegExp(`bye \\\\n of ${names[index] ?? ""}\\n+end without newline`));
      }
      assert.deepEqual(await scope.close(), []);
      assert.equal(started, 1);
    });
  }

  it("tells which one ended before it was told to, and with what words", async () => {
    const scope = new Scope();
    const placed = [
      { executor: placeOn(host, "a"), argv: ["sleep", "60"] },
      { executor: placeOn(host, "b"), argv: ["sh", "-c", "echo out of order >&2; exit 9"] },
      { executor: placeOn(host, "c"), argv: ["encaplab-no-such-program"] },
    ];
    const [, broken, missing] = await spawnCommands(placed, { longestSeconds: 60 }, scope);
    assert.deepEqual([(await broken?.finished)?.exitCode, (await broken?.finished)?.stderr], [9, "out of order"]);
    await assert.rejects(broken?.waitForLine(/^ready/, waitMs) ?? Promise.resolve(), (error) => {
      assert.ok(error instanceof CommandError);
      assert.deepEqual([error.failure, error.result?.exitCode], ["ended-early", 9]);
      return true;
    });
    assert.equal((await missing?.finished)?.exitCode, 127);
    assert.deepEqual(await scope.close(), []);
  });

  it("interrupts them when their time is up", async () => {
    const scope = new Scope();
    const placed = ["a", "b"].map((name) => ({ executor: placeOn(host, name), argv: ["perl", "-e", polite] }));
    const running = await spawnCommands(placed, { longestSeconds: 1 }, scope);
    for (const one of running) assert.equal((await one.finished).exitCode, 3);
    assert.deepEqual(await scope.close(), []);
  });
});
