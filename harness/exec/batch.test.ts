import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { runBatch, runPerlBatch, runShellBatch } from "./batch.ts";
import { missingProgram } from "./command-error.ts";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local/local.ts";
import { prefixedExecutor } from "./namespace/prefix.ts";
import { skipFor } from "../core/skip.fixture.ts";

const env = { ENCAPLAB_RUN: `btest:${process.pid}` };
const local = localExecutor({ env });
/** As guests have it: the program alone. */
const withoutModules: Executor = {
  ...local,
  run: (argv, { input = "", ...options } = {}) =>
    local.run(argv, { ...options, input: `BEGIN { @INC = () }\n${input}` }),
};
const shells: readonly [string, Executor, readonly string[], typeof runBatch?][] = [
  ["perl", local, ["perl", "-e", "1"], runPerlBatch],
  ["perl without modules", withoutModules, ["perl", "-e", "1"], runPerlBatch],
  ["sh", local, ["sh", "-c", "true"]],
  ["busybox ash", prefixedExecutor(local, { argv: ["busybox"], where: "busybox" }), ["sh", "-c", "true"]],
  // `--` ends busybox's own words, so that the batch's `sh -s` becomes `bash --posix -s`.
  [
    "bash",
    prefixedExecutor(local, { argv: ["bash", "-c", 'shift; exec bash --posix "$@"', "x"], where: "bash" }),
    ["sh", "-c", "true"],
  ],
];

for (const [name, executor, probe, run = runShellBatch] of shells) {
  describe(`batch in ${name}`, () => {
    before(async function () {
      const there = await executor.tryRun(probe).then(
        (result) => result.exitCode === 0,
        () => false,
      );
      if (!there) skipFor(this, `no ${name} here`);
    });

    it("returns exit code, output and errors of each command exactly", async () => {
      const results = await run(
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
      const results = await run(executor, [...commands, { id: "none", argv: ["cat"] }], { parallel: 2 });
      for (const [index, input] of inputs.entries()) assert.ok(results.get(String(index))?.stdout === `${input}\n`);
      assert.equal(results.get("none")?.stdout, "");
    });

    it("keeps outputs apart that are no ASCII, or look like its own frames", async () => {
      const commands = ["é\n\n12 000001.o\n", "base64\n", "\0\x7f", "☃"].map((text) => ({
        id: text,
        argv: ["printf", "%b", text.replace("\0", "\\0")],
      }));
      const results = await run(executor, commands, { parallel: 2 });
      for (const { id } of commands) assert.equal(results.get(id)?.stdout, id);
    });

    it("runs as many side by side as asked, and no more", async () => {
      const commands = Array.from({ length: 6 }, (_, n) => ({ id: String(n), argv: ["sleep", "0.2"] }));
      const timed = async (parallel: number): Promise<number> => {
        const start = performance.now();
        await run(executor, commands, { parallel });
        return performance.now() - start;
      };
      assert.ok((await timed(6)) < 900);
      const two = await timed(2);
      assert.ok(two >= 600, `three rounds of 200 ms took ${two} ms`);
    });

    it("kills a command that takes too long, alone", async () => {
      const results = await run(
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
      await run(executor, [{ id: "a", argv: ["true"] }], { parallel: 1 });
      const left = (await readdir("/tmp")).filter((file) => file.startsWith(`encaplab-btest.${process.pid}.`));
      assert.deepEqual(left, []);
    });
  });
}

describe("batch", () => {
  it("kills what a command that takes too long has started, too", async () => {
    const seconds = `6${process.pid}`;
    const argv = ["sh", "-c", `sh -c 'sleep ${seconds}; true' & sleep ${seconds}; true`];
    const results = await runPerlBatch(withoutModules, [{ id: "slow", argv, timeoutMs: 300 }], { parallel: 1 });
    assert.equal(results.get("slow")?.exitCode, 137);
    const left = await local.tryRun(["pgrep", "-f", `^sleep ${seconds}`]);
    assert.equal(left.stdout, "");
  });

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

  it("enters namespaces, and says of one that is not there what nsenter(1) says", async function () {
    if (process.getuid?.() !== 0) skipFor(this, "no namespaces without root");
    const name = `batch${process.pid}`;
    await local.run(["ip", "netns", "add", name]);
    try {
      const look = ["readlink", "/proc/self/ns/net"];
      const inside = (namespace: string) => ["nsenter", `--net=/run/netns/${namespace}`, "--", ...look];
      const commands = [
        { id: "in", argv: inside(name) },
        { id: "out", argv: look },
        { id: "gone", argv: inside("encaplab-gone") },
      ];
      const results = await runBatch(local, commands, { parallel: 1 });
      assert.equal(results.get("in")?.stdout, (await local.run(inside(name))).stdout);
      assert.equal(results.get("out")?.stdout, (await local.run(look)).stdout);
      assert.notEqual(results.get("in")?.stdout, results.get("out")?.stdout);
      assert.deepEqual(results.get("gone")?.exitCode, 1);
      assert.match(results.get("gone")?.stderr ?? "", /^nsenter: /);
    } finally {
      await local.run(["ip", "netns", "del", name]);
    }
  });

  it("is run by sh where there is no perl, which is asked for once", async () => {
    const programs: (string | undefined)[] = [];
    const poor: Executor = {
      ...local,
      run: async (argv, options) => {
        programs.push(argv[0]);
        if (argv[0] === "perl") throw missingProgram("here", argv);
        return local.run(argv, options);
      },
    };
    for (const id of ["a", "b"]) {
      const results = await runBatch(poor, [{ id, argv: ["echo", id] }], { parallel: 1 });
      assert.equal(results.get(id)?.stdout, `${id}\n`);
    }
    assert.deepEqual(programs, ["perl", "sh", "sh"]);
  });
});
