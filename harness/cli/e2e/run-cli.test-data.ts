import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunRecord } from "../../run/record.ts";

const bootstrap = fileURLToPath(new URL("../../../scripts/bootstrap.mjs", import.meta.url));

/** How a run of the command line ended. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a child process; what it prints can be awaited while it runs. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<CliResult>;
  /** Resolves when stdout and stderr so far match. */
  waitFor(pattern: RegExp): Promise<void>;
}

/** Starts `npm run lab -- <argv>` as a user would, without npm around it. */
export function startCli(...argv: readonly string[]): CliProcess {
  const child = spawn(process.execPath, [bootstrap, "lab", ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  const watchers = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const watch of watchers) watch();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const watch of watchers) watch();
  });
  const finished = new Promise<CliResult>((resolve) => {
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  const waitFor = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        if (!pattern.test(stdout + stderr)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
      void finished.then(({ code }) => {
        reject(new Error(`ended with ${String(code)} before ${String(pattern)}:\n${stdout}${stderr}`));
      });
    });
  return { child, finished, waitFor };
}

/** Runs the command line to its end. */
export function runCli(...argv: readonly string[]): Promise<CliResult> {
  return startCli(...argv).finished;
}

/** A results folder of the test's own. */
export function newOut(): Promise<string> {
  return mkdtemp(join(tmpdir(), "encaplab-e2e-"));
}

/** run.json of the latest run in a results folder. */
export async function latestRun(out: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(out, "latest", "run.json"), "utf8")) as RunRecord;
}
