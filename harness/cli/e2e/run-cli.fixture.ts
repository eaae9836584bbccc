import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { RunRecord } from "../../run/record.ts";

const bootstrap = fileURLToPath(new URL("../../../scripts/bootstrap.mjs", import.meta.url));

/** How a run of the command line ended. */
export interface CliResult {
  /** Of the process, which owns the labs that it makes. */
  readonly pid: number | undefined;
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
  return watch(spawn(process.execPath, [bootstrap, "lab", ...argv], { stdio: ["ignore", "pipe", "pipe"] }));
}

/** The same as another user with one group and a home of its own, where we are root. */
export function startCliAs(
  user: { readonly uid: number; readonly gid: number; readonly home: string },
  ...argv: readonly string[]
): CliProcess {
  const ids = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  const env = { ...process.env, HOME: user.home, USER: "nobody" };
  const command = [...ids, process.execPath, bootstrap, "lab", ...argv];
  return watch(spawn("setpriv", command, { stdio: ["ignore", "pipe", "pipe"], env }));
}

function watch(child: ChildProcessByStdio<null, Readable, Readable>): CliProcess {
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
      resolve({ pid: child.pid, code, stdout, stderr });
    });
  });
  const waitFor = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(stdout + stderr)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
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
