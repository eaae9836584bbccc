// The project's own tests: all of them, or those whose file path contains one of the given words.
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";
import { formatError, HarnessError } from "../harness/core/errors.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const inCi = process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";

const files = (await Promise.all(["harness", "suites", "scripts"].map(testsBelow))).flat().sort();
const chosen = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));

const mocha = new Mocha({ timeout: 20_000, forbidOnly: inCi, reporter: inCi ? "dot" : "spec", slow: 2000 });
for (const file of chosen) mocha.addFile(join(root, file));
await mocha.loadFilesAsync();

const skipped: string[] = [];
const details: string[] = [];
const passes: { readonly title: string; readonly ms: number }[] = [];
const runner = mocha.run((failures) => {
  for (const text of details) console.log(text);
  for (const title of skipped) console.log(`skipped: ${title}`);
  // A skip in CI that the machine could have run hides a missing test; a test says so by naming what it lacks.
  const unexplained = inCi ? skipped.filter((title) => !title.includes(" — ")) : [];
  for (const title of unexplained) console.log(`a skip without a reason: ${title}`);
  const failed = failures + unexplained.length;
  if (chosen.length === 0) console.log(`no test file matches ${words.join(", ")}`);
  if (inCi) tellSlowest();
  process.exitCode = failed > 0 || passes.length + failed === 0 ? 1 : 0;
  console.log(`${passes.length} passed, ${failed} failed, ${skipped.length} skipped`);
});
runner.on("pass", (test) => passes.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
runner.on("fail", (test, error: unknown) => {
  // Mocha prints the message alone, and what a machine's console or a log said stands in the details.
  if (error instanceof HarnessError) details.push(`failed: ${test.fullTitle()}\n${formatError(error)}\n`);
});
runner.on("pending", (test) => skipped.push(test.fullTitle()));

function tellSlowest(): void {
  const slowest = passes.toSorted((a, b) => b.ms - a.ms).slice(0, 10);
  for (const { title, ms } of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(6)} s  ${title}`);
}

async function testsBelow(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => join(folder, name));
}
