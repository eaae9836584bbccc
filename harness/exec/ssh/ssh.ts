import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished as streamFinished } from "node:stream/promises";
import type { ConnectConfig } from "ssh2";
import type { Scope } from "../../core/scope.ts";
import { succeeded } from "../command-error.ts";
import type { CommandResult, Executor, RunOptions } from "../executor.ts";
import { defaultTimeoutMs } from "../local/local.ts";
import { shellQuote } from "../quote.ts";
import { runningCommand, stopChild } from "../local/running.ts";
import { startOverSsh, type SshChild } from "./ssh-child.ts";
import { SshPool } from "./ssh-pool.ts";

export interface SshOptions {
  /** Asked for each connection: a `sock` can be used once. Pin the host key there (`hostVerifier`). */
  readonly connect: () => ConnectConfig | Promise<ConnectConfig>;
  /** "node a1 (vm 198.18.1.11)": stands in every error. */
  readonly where: string;
  /** Environment of every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds without a command after which connections are closed, so that they keep no process alive; default: never. */
  readonly idleMs?: number;
}

/** An executor over ssh. */
export interface SshExecutor extends Executor {
  /** Streams a file from the node to this machine; it appears there whole or not at all. */
  fetchFile(remote: string, local: string, options?: RunOptions): Promise<void>;
  /** Ends all connections, and with them what still runs over them. */
  close(): Promise<void>;
}

/**
 * Runs commands on a machine reached over ssh. One connection is opened at the first command and kept; a further one only when
 * many commands are left running. What is running ends when its connection does, whoever cut it. A command whose
 * connection is lost fails; the next one connects again.
 */
export function sshExecutor(options: SshOptions): SshExecutor {
  const { where } = options;
  const pool = new SshPool({ env: {}, ...options });
  const start = async (argv: readonly string[], options: Started): Promise<SshChild> => {
    options.signal?.throwIfAborted();
    const { connection, leave } = await pool.enter(options.stays ? "spawn" : "run");
    const child = startOverSsh(connection, argv, { ...options, where });
    child.finished.then(leave, leave);
    return child;
  };
  const tryRun = async (argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> =>
    (await start(argv, { timeoutMs: defaultTimeoutMs, ...options, stays: false })).finished;
  return {
    where,
    tryRun,
    run: async (argv, options) => succeeded(await tryRun(argv, options)),
    spawn: async (argv, scope, options) => {
      const child = await startInScope(argv, scope, where, () => start(argv, { ...options, stays: true }));
      await child.started;
      return runningCommand(argv, child, where);
    },
    fetchFile: (remote, local, options) => fetchFile(start, remote, local, options),
    close: () => pool.close(),
  };
}

interface Started extends RunOptions {
  /** Whether it is left running, and so must not take a channel from those that are waited for. */
  readonly stays: boolean;
  readonly onStdout?: (chunk: Buffer) => void;
}

type Start = (argv: readonly string[], options: Started) => Promise<SshChild>;

async function startInScope(
  argv: readonly string[],
  scope: Scope,
  where: string,
  start: () => Promise<SshChild>,
): Promise<SshChild> {
  const begun: { child?: Promise<SshChild> } = {};
  scope.defer(`stop on ${where}: ${shellQuote(argv)}`, async () => {
    const started = await begun.child?.catch(() => undefined);
    if (started !== undefined) await stopChild(started, "SIGINT").catch(() => undefined);
  });
  begun.child = start();
  return begun.child;
}

async function fetchFile(start: Start, remote: string, local: string, options: RunOptions = {}): Promise<void> {
  const half = `${local}.part`;
  const file = createWriteStream(half);
  try {
    const onStdout = (chunk: Buffer): void => void file.write(chunk);
    const child = await start(["cat", "--", remote], { timeoutMs: 120_000, ...options, stays: false, onStdout });
    succeeded(await child.finished);
    file.end();
    await streamFinished(file);
    await rename(half, local);
  } catch (error) {
    file.destroy();
    await rm(half, { force: true });
    throw error;
  }
}
