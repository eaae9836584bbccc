// The project's own tests: all of them, or those whose file path contains one of the given words. Three files at a time, since
// most of them wait: for machines to boot, for processes to end, for packets. Two while labs of emulated machines are judged.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { changedFiles, testsConcerned } from "./changed-tests.ts";
import type { FileResult } from "./test-lane.ts";
import { orderTests, type TestFile } from "./test-order.ts";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const inCi = process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";

/** Files at a time: one more than CI has processors. On 2 of them, 2 files at a time leave a third of their time unused. */
const laneCount = 3;

/** Milliseconds for a lane to end after its last file: a Docker engine that the tests started stops first. */
const endTimeoutMs = 60_000;

const files = (await Promise.all(["harness", "suites", "scripts", "bench"].map(testsBelow))).flat().sort();
const named = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
const chosen = process.argv.includes("--changed") ? await testsConcerned(named, changedFiles(root), root) : named;
const order = orderTests(await Promise.all(chosen.map(withText)));
const results: FileResult[] = [];

const queue = [...order.others];
const begin = performance.now();
// One process is enough for what runs alone and then helps with the rest.
const first = runLane([...order.alone], 1);
const emulated = runLane([...order.emulated], 2, []);
const more = Array.from({ length: laneCount - 1 }, (_, index) => emulated.then(() => runLane([], index + 2)));
await Promise.all([first, ...more]);
await runLane([...order.calm], 1);
summarize();

/** Runs its own files, then whatever is left in the common queue, in one process; lanes are numbered from 1. */
async function runLane(own: string[], lane: number, rest = queue): Promise<void> {
  const next = (): string | undefined => own.shift() ?? rest.shift();
  let child: ChildProcess | undefined;
  for (let file = next(); file !== undefined; file = next()) {
    child ??= startLane();
    const result = await runFile(child, file);
    if (result.lost) child = undefined;
    results.push(result);
    tell(file, result, lane);
  }
  if (child === undefined) return;
  const ended = once(child, "exit");
  child.disconnect();
  const leftOpen = setTimeout(() => {
    console.log("a test left something open: its process does not end by itself");
    process.exitCode = 1;
    child.kill("SIGKILL");
  }, endTimeoutMs);
  await ended;
  clearTimeout(leftOpen);
}

function startLane(): ChildProcess {
  const execArgv = [...process.execArgv.filter((word) => !word.startsWith("--import")), "--import", "tsx"];
  return fork(join(here, "test-lane.ts"), { cwd: root, execArgv, stdio: "inherit" });
}

/** A lane that ends in the middle of a file fails that file: nothing is lost in silence. */
function runFile(child: ChildProcess, file: string): Promise<FileResult & { readonly lost?: true }> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null): void => {
      child.off("message", onMessage);
      const text = `${file}: the tests' process ended with ${String(code ?? signal)}\n`;
      resolve({ lost: true, passes: [], failed: 1, skipped: [], details: [], text, ms: 0, cpuMs: 0 });
    };
    const onMessage = (message: unknown): void => {
      child.off("exit", onExit);
      resolve(message as FileResult);
    };
    child.once("exit", onExit);
    child.once("message", onMessage);
    child.send(join(root, file));
  });
}

/** In CI a line for each file, and the whole text of those that fail; for people the whole text of each. */
function tell(file: string, { passes, failed, skipped, text, ms, cpuMs }: FileResult, lane: number): void {
  const counts = `${passes.length} passed, ${failed} failed, ${skipped.length} skipped`;
  const when = `lane ${lane} until ${seconds(performance.now() - begin)}, ${seconds(cpuMs)} of a processor`;
  if (inCi) console.log(`${seconds(ms).padStart(8)}  ${file}: ${counts} (${when})`);
  if (!inCi || failed > 0) process.stdout.write(text);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function summarize(): void {
  for (const text of results.flatMap(({ details }) => details)) console.log(text);
  const skipped = results.flatMap((result) => result.skipped);
  for (const title of skipped) console.log(`skipped: ${title}`);
  // A skip in CI that the machine could have run hides a missing test; a test says so by naming what it lacks.
  const unexplained = inCi ? skipped.filter((title) => !title.includes(" — ")) : [];
  for (const title of unexplained) console.log(`a skip without a reason: ${title}`);
  const passes = results.flatMap((result) => result.passes);
  const failed = results.reduce((sum, result) => sum + result.failed, 0) + unexplained.length;
  if (chosen.length === 0) console.log(`no test file matches ${words.join(", ")}`);
  if (inCi) {
    const slowest = passes.toSorted((a, b) => b.ms - a.ms).slice(0, 20);
    for (const { title, ms } of slowest) console.log(`${seconds(ms).padStart(8)}  ${title}`);
  }
  if (failed > 0 || passes.length === 0) process.exitCode = 1;
  // Once more, where one looks: of a long log the end is what people and log viewers show.
  if (inCi)
    for (const { text } of results.filter((result) => result.failed > 0)) process.stdout.write(failuresOf(text));
  console.log(`${passes.length} passed, ${failed} failed, ${skipped.length} skipped`);
}

/** What Mocha's reporter writes below the list of a file's tests: each that failed, with its error. The whole text, if it has none. */
function failuresOf(text: string): string {
  const begin = /^ {2}\d+ failing$/m.exec(text)?.index ?? 0;
  return text.slice(begin);
}

async function withText(path: string): Promise<TestFile> {
  return { path, text: await readFile(join(root, path), "utf8") };
}

async function testsBelow(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => join(folder, name));
}
