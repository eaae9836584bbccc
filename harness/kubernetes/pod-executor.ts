import { randomUUID } from "node:crypto";
import { Scope } from "../core/scope.ts";
import { CommandError, missingProgram, succeeded } from "../exec/command-error.ts";
import type { CommandResult, Executor, RunningCommand, RunOptions } from "../exec/executor.ts";
import { missingMarker, notedArgv, signalArgv } from "../exec/noted-command.ts";
import { defaultTimeoutMs } from "../exec/local/local.ts";
import { shellQuote } from "../exec/quote.ts";
import type { ClusterAccess } from "./access.ts";
import { kubectlFailure } from "./kubectl-failure.ts";

/** A container of a pod. */
export interface PodAddress {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** "node worker (pod encaplab-7f3kq/agent-x)": stands in every error. */
  readonly where: string;
}

/** Milliseconds that a signaled command gets to end, and then a killed one. */
const graceMs = 5_000;

/** Milliseconds that kubectl gets to start a command (0.2 to 0.5 s are usual): its time limit is the command's own. */
const startAllowanceMs = 3_000;

/** Milliseconds for the command that ends another. */
const killTimeoutMs = 15_000;

/** What kubectl adds to standard error where the command's exit code is not 0. */
const trailer = /command terminated with exit code (\d+)\n?$/;

/**
 * Runs commands in a container by `kubectl exec`. That passes no signals and leaves commands running when it is cut: they are
 * ended by a second command, on time-out, abort and stop. Whatever even that cannot end dies with the pod.
 */
export function podExecutor(access: ClusterAccess, pod: PodAddress): Executor {
  const { where } = pod;
  const way = new Way(access, pod);
  const tryRun = async (argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> => {
    const id = randomUUID();
    try {
      const limits = { ...options, timeoutMs: (options.timeoutMs ?? defaultTimeoutMs) + startAllowanceMs };
      const attempt = (): Promise<CommandResult> => access.executor.tryRun(way.argv(id, argv, options), limits);
      const result = await (access.patience
        ?.until(attempt, options.onlyReads === true ? "may" : "must-not")
        .then((patient) => patient.result) ?? attempt());
      return way.own(result, argv);
    } catch (error) {
      if (!isExit(error)) await way.signal(id, "KILL");
      throw way.seen(error, argv);
    }
  };
  return {
    where,
    tryRun,
    run: async (argv, options) => succeeded(await tryRun(argv, options)),
    spawn: (argv, scope, options) => spawnInPod(way, argv, scope, options),
  };
}

/** The command with which a person runs a program, or else a shell, in a container. */
export function enterPod(
  { kubectl }: ClusterAccess,
  { namespace, pod, container }: PodAddress,
): (program?: readonly string[]) => readonly string[] {
  return (program = ["sh"]) => [...kubectl, "exec", "-n", namespace, "-it", pod, "-c", container, "--", ...program];
}

/** kubectl commands for one container. */
class Way {
  readonly access: ClusterAccess;
  readonly pod: PodAddress;

  constructor(access: ClusterAccess, pod: PodAddress) {
    this.access = access;
    this.pod = pod;
  }

  argv(id: string, argv: readonly string[], { input }: RunOptions = {}): readonly string[] {
    return this.#exec(notedArgv(id, argv), input !== undefined && input !== "");
  }

  /** Best effort: the pod or the cluster may be gone, and the command with it. */
  async signal(id: string, name: string): Promise<void> {
    const argv = this.#exec(signalArgv(id, name), false);
    await this.access.executor.tryRun(argv, { timeoutMs: killTimeoutMs }).catch(() => undefined);
  }

  /** The result as the command's own, without what kubectl adds. A failure without that addition is kubectl's. */
  own(result: CommandResult, argv: readonly string[]): CommandResult {
    const { where } = this.pod;
    const { exitCode, stderr } = result;
    if (exitCode !== 0 && !isKilled(exitCode) && !trailer.test(stderr))
      throw kubectlFailure(result, `${where}, ${this.access.name}`);
    const own = { ...result, where, argv, stderr: stderr.replace(trailer, "") };
    if (exitCode === 127 && own.stderr.trim() === missingMarker) throw missingProgram(where, argv);
    return own;
  }

  /** An error as the command's own. */
  seen(error: unknown, argv: readonly string[]): unknown {
    if (!(error instanceof CommandError) || !isLocal(error)) return error;
    const { where } = this.pod;
    const { result } = error;
    const own = result === undefined ? {} : { result: { ...result, stderr: result.stderr.replace(trailer, "") } };
    return error.seenFrom(where, { argv, ...own });
  }

  #exec(argv: readonly string[], input: boolean): readonly string[] {
    const { namespace, pod, container } = this.pod;
    const stdin = input ? ["-i"] : [];
    return [...this.access.kubectl, "exec", "-n", namespace, ...stdin, pod, "-c", container, "--", ...argv];
  }
}

async function spawnInPod(
  way: Way,
  argv: readonly string[],
  scope: Scope,
  options?: RunOptions,
): Promise<RunningCommand> {
  const id = randomUUID();
  const { where } = way.pod;
  const local = new Scope();
  const begun: { stop?: () => Promise<unknown> } = {};
  scope.defer(`stop on ${where}: ${shellQuote(argv)}`, async () => {
    await begun.stop?.().catch(() => undefined);
    await local.close();
  });
  const running = await way.access.executor.spawn(way.argv(id, argv, options), local, options);
  const seen = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw way.seen(error, argv);
    }
  };
  const finished = seen(running.finished).then((result) => way.own(result, argv));
  finished.catch(() => undefined);
  let stopping: Promise<CommandResult> | undefined;
  const stop = (signal: "SIGINT" | "SIGTERM" = "SIGINT"): Promise<CommandResult> =>
    (stopping ??= stopInPod(way, id, finished, running, signal));
  begun.stop = stop;
  return {
    argv,
    finished,
    stop,
    waitForLine: (pattern, timeoutMs) => seen(running.waitForLine(pattern, timeoutMs)),
  };
}

async function stopInPod(
  way: Way,
  id: string,
  finished: Promise<CommandResult>,
  running: RunningCommand,
  signal: "SIGINT" | "SIGTERM",
): Promise<CommandResult> {
  if (await endsWithin(finished, 0)) return finished;
  await way.signal(id, signal.slice(3));
  if (await endsWithin(finished, graceMs)) return finished;
  await way.signal(id, "KILL");
  if (!(await endsWithin(finished, graceMs))) await running.stop("SIGTERM");
  return finished;
}

async function endsWithin(finished: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const ended = finished.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** kubectl itself was killed by a signal: what it ran has been ended before. */
function isKilled(exitCode: number): boolean {
  return exitCode === 143 || exitCode === 137 || exitCode === 130;
}

function isExit(error: unknown): boolean {
  return error instanceof CommandError && (error.failure === "exit" || error.failure === "missing-program");
}

function isLocal({ failure }: CommandError): boolean {
  return failure !== "missing-program" && failure !== "not-started";
}
