import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { runBatch } from "./batch.ts";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local/local.ts";
import { prefixedExecutor } from "./namespace/prefix.ts";
import { skipFor } from "../core/skip.fixture.ts";

const env = { ENCAPLAB_RUN: `btest:${process.pid}` };
const local = localExecutor({ env });
const shells: readonly [string, Executor, readonly string[]][] = [
  ["sh", local, ["sh", "-c", "true"]],
  ["busybox ash", prefixedExecutor(local, { argv: ["busybox"], where: "busybox" }), ["sh", "-c", "true"]],
  // `--` ends busybox's own words, so that the batch's `sh -s` becomes `bash --posix -s`.
  [
    "bash",
    prefixedExecutor(local, { argv: ["bash", "-c", 'shift; exec bash --posix "$@"', "x"], where: "bash" }),
    ["sh", "-c", "true"],
  ],
];

for (const [name, executor, probe] of shells) {
  describe(`batch in ${name}`, () => {
    before(async function () {
      const there = await executor.tryRun(probe).then(
        (result) => result.exitCode === 0,
        () => false,
      );
      if (!there) skipFor(this, `no ${name} here`);
    });

    it("returns exit code, output and errors of each command exactly", async () => {
      const results = await runBatch(
        executor,
        [
          { id: "plain", argv: ["printf", "no newline"] },
          { id: "both", argv: ["sh", "-c", "echo out; echo err >&2; exit 7"] },
          { id: "words", argv: ["printf", "<%s>", "a b", "'", "$HOME", "`id`", "\n", ""] },
          { id: "missing", argv: ["encaplab-no-such-program"] },
          { id: "silent", argv: ["true"] },
          { id: "stdin", argv: ["cat"] },
        ],
        { parallel: 3 },
      );
      const seen = (id: string): unknown => {
        const result = results.get(id);
        return [result?.exitCode, result?.stdout, result?.stderr];
      };
      assert.deepEqual(seen("plain"), [0, "no newline", ""]);
      assert.deepEqual(seen("both"), [7, "out\n", "err\n"]);
      assert.deepEqual(seen("words"), [0, "<a b><'><$HOME><`id`><\n><>", ""]);
      assert.deepEqual(seen("silent"), [0, "", ""]);
      assert.deepEqual(seen("stdin"), [0, "", ""]);
      assert.equal(results.get("missing")?.exitCode, 127);
      assert.match(results.get("missing")?.stderr ?? "", /not found/);
    });

    it("gives a command its standard input to the letter, however long it is and whatever stands in it", async () => {
      const inputs = ["short", "END\n$HOME `id` 'END'\nEND_\n", "0123456789abcdef\n".repeat(20_000)];
      const commands = inputs.map((input, index) => ({ id: String(index), argv: ["cat"], input }));
      const results = await runBatch(executor, [...commands, { id: "none", argv: ["cat"] }], { parallel: 2 });
      for (const [index, input] of inputs.entries()) assert.ok(results.get(String(index))?.stdout === `${input}\n`);
      assert.equal(results.get("none")?.stdout, "");
    });

    it("keeps outputs apart that are no ASCII, or look like its own frames", async () => {
      const commands = ["é\n\n12 000001.o\n", "base64\n", "\0\x7f", "☃"].map((text) => ({
        id: text,
        argv: ["printf", "%b", text.replace("\0", "\\0")],
      }));
      const results = await runBatch(executor, commands, { parallel: 2 });
      for (const { id } of commands) assert.equal(results.get(id)?.stdout, id);
    });

    it("runs as many side by side as asked, and no more", async () => {
      const commands = Array.from({ length: 6 }, (_, n) => ({ id: String(n), argv: ["sleep", "0.2"] }));
      const timed = async (parallel: number): Promise<number> => {
        const start = performance.now();
        await runBatch(executor, commands, { parallel });
        return performance.now() - start;
      };
      assert.ok((await timed(6)) < 900);
      const two = await timed(2);
      assert.ok(two >= 600, `three rounds of 200 ms took ${two} ms`);
    });

    it("kills a command that takes too long, alone", async () => {
      const results = await runBatch(
        executor,
        [
          { id: "slow", argv: ["sleep", "60"], timeoutMs: 300 },
          { id: "good", argv: ["echo", "fine"], timeoutMs: 5_000 },
        ],
        { parallel: 2 },
      );
      assert.equal(results.get("slow")?.exitCode, 137);
      assert.equal(results.get("good")?.stdout, "fine\n");
    });

    it("leaves no file behind", async () => {
      await runBatch(executor, [{ id: "a", argv: ["true"] }], { parallel: 1 });
      const left = (await readdir("/tmp")).filter((file) => file.startsWith(`encaplab-btest.${process.pid}.`));
      assert.deepEqual(left, []);
    });
  });
}

describe("batch", () => {
  it("costs one process for many commands, and nothing for none", async () => {
    const calls: (readonly string[])[] = [];
    const counting: Executor = { ...local, run: (argv, options) => (calls.push(argv), local.run(argv, options)) };
    const commands = Array.from({ length: 200 }, (_, n) => ({ id: `c${n}`, argv: ["echo", String(n)] }));
    const results = await runBatch(counting, commands, { parallel: 8 });
    assert.equal(calls.length, 1);
    for (let n = 0; n < 200; n += 1) assert.equal(results.get(`c${n}`)?.stdout, `${n}\n`);
    assert.equal((await runBatch(counting, [], { parallel: 8 })).size, 0);
    assert.equal(calls.length, 1);
  });
});
