// A process that runs test files one after the other, as `test.ts` sends them, and answers each with what came of it.
import { readFileSync } from "node:fs";
import { format } from "node:util";
import Mocha from "mocha";
import { formatError, HarnessError } from "../harness/core/errors.ts";

/** What came of one test file. */
export interface FileResult {
  readonly passes: readonly { readonly title: string; readonly ms: number }[];
  readonly failed: number;
  /** Titles, which hold the reason. */
  readonly skipped: readonly string[];
  /** What failed tests' errors know beside their message: what a machine's console or a log said. */
  readonly details: readonly string[];
  /** As Mocha's spec reporter writes it. */
  readonly text: string;
  readonly ms: number;
  /** Of a processor, with children that have ended, but for daemons; 0 where the system does not tell. */
  readonly cpuMs: number;
}

process.on("message", (file: string) => {
  void runFile(file).then((result) => process.send?.(result));
});

async function runFile(file: string): Promise<FileResult> {
  const [begin, cpuBegin] = [performance.now(), cpuMsSoFar()];
  const lines: string[] = [];
  Mocha.reporters.Base.consoleLog = (...words: unknown[]) => void lines.push(format(...words));
  const mocha = new Mocha({ timeout: 20_000, forbidOnly: process.env.CI !== undefined, reporter: "spec", slow: 2000 });
  mocha.addFile(file);
  const passes: { title: string; ms: number }[] = [];
  const skipped: string[] = [];
  const details: string[] = [];
  let failed = 0;
  try {
    await mocha.loadFilesAsync();
    failed = await new Promise((resolve) => {
      const runner = mocha.run(resolve);
      runner.on("pass", (test) => passes.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on("pending", (test) => skipped.push(test.fullTitle()));
      runner.on("fail", (test, error: unknown) => {
        if (error instanceof HarnessError) details.push(`failed: ${test.fullTitle()}\n${formatError(error)}\n`);
      });
    });
  } catch (error) {
    failed = 1;
    lines.push(`${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  // Each Mocha listens for errors of the process, and would go on to.
  mocha.dispose();
  const text = lines.map((line) => `${line}\n`).join("");
  return { passes, failed, skipped, details, text, ms: performance.now() - begin, cpuMs: cpuMsSoFar() - cpuBegin };
}

/** Fields 14 to 17 of proc_pid_stat(5): hundredths of a second in user and system mode, of this process and of children it waited for. */
function cpuMsSoFar(): number {
  if (process.platform !== "linux") return 0;
  const fields = readFileSync("/proc/self/stat", "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}
