// Runs every checker, reports all of them, and ends with one sentence.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findUpwardImports } from "./check-layers.ts";

interface Outcome {
  readonly name: string;
  readonly output: string;
  readonly ok: boolean;
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name: string): string => join(root, "node_modules", ".bin", name);

const outcomes = await Promise.all([
  tool("types", bin("tsc"), "-p", root),
  tool("lint", bin("eslint"), "--max-warnings", "0", "."),
  tool("format", bin("prettier"), "--check", "--log-level", "warn", "."),
  tool("dead code", bin("knip"), "--no-progress", "--treat-config-hints-as-errors"),
  layers(),
]);
for (const { name, output, ok } of outcomes) console.log(`${ok ? "✔" : "✘"} ${name}${ok ? "" : `\n${output}`}`);
const failed = outcomes.filter((outcome) => !outcome.ok).map((outcome) => outcome.name);
console.log(failed.length === 0 ? "All checks pass." : `These checks fail: ${failed.join(", ")}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function layers(): Promise<Outcome> {
  const problems = await findUpwardImports(join(root, "harness"));
  return { name: "layers", output: problems.join("\n"), ok: problems.length === 0 };
}

function tool(name: string, program: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => {
      resolve({ name, output: error.message, ok: false });
    });
    child.on("close", (code) => {
      resolve({ name, output, ok: code === 0 });
    });
  });
}
