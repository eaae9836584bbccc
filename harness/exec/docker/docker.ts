import { startChild, type Child } from "../local/child.ts";
import { CommandError, missingProgram, succeeded } from "../command-error.ts";
import { startDockerGuard, type DockerGuard } from "./docker-guard.ts";
import type { CommandResult, Executor, RunOptions } from "../executor.ts";
import { defaultTimeoutMs } from "../local/local.ts";
import { shellQuote } from "../quote.ts";
import { runningCommand, stopChild, type Stoppable } from "../local/running.ts";
import { startedMarker } from "../command-guard.ts";
import { missingMarker } from "../noted-command.ts";

export interface DockerOptions {
  /** Name or id of a running container that has sh, mktemp and setsid. */
  readonly container: string;
  /** "node a1 (container encaplab-7f3kq-a1)": stands in every error. */
  readonly where: string;
  /** Environment of every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** The client; default `docker`. */
  readonly docker?: readonly string[];
}

interface Place extends DockerOptions {
  readonly docker: readonly string[];
  readonly guard: () => Promise<DockerGuard>;
  readonly nextId: () => number;
}

/**
 * Runs commands in a container by `docker exec`, under a guard: signals reach the command and all that it started, and nothing
 * stays behind when this process dies. A container that is gone or stopped is a CommandError of its own.
 */
export function dockerExecutor(options: DockerOptions): Executor {
  const { where } = options;
  const place = placeOf(options);
  const tryRun = async (argv: readonly string[], run: RunOptions = {}): Promise<CommandResult> =>
    (await startIn(place, argv, { timeoutMs: defaultTimeoutMs, ...run })).finished;
  return {
    where,
    tryRun,
    run: async (argv, run) => succeeded(await tryRun(argv, run)),
    spawn: async (argv, scope, run) => {
      const begun: { child?: Promise<DockerChild> } = {};
      scope.defer(`stop on ${where}: ${shellQuote(argv)}`, async () => {
        const child = await begun.child?.catch(() => undefined);
        // How the command fares is told to whoever waits for it; here it only has to be gone.
        if (child !== undefined) await stopChild(child, "SIGINT").catch(() => undefined);
      });
      begun.child = startIn(place, argv, run ?? {});
      const child = await begun.child;
      await child.started;
      return runningCommand(shown(place, argv), child, where);
    },
  };
}

function placeOf(options: DockerOptions): Place {
  const docker = options.docker ?? ["docker"];
  const run = (options.env?.ENCAPLAB_RUN ?? "none:0").replace(":", ".");
  let guard: Promise<DockerGuard> | undefined;
  let id = 0;
  const open = (): Promise<DockerGuard> => {
    const opening = startDockerGuard(docker, options.container, run);
    const forget = (): void => {
      if (guard === opening) guard = undefined;
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    return opening;
  };
  return { ...options, docker, guard: () => (guard ??= open()), nextId: () => (id += 1) };
}

interface DockerChild extends Stoppable {
  /** Resolves when the program runs; also when it never will, which `finished` tells. */
  readonly started: Promise<void>;
}

async function startIn(place: Place, argv: readonly string[], options: RunOptions): Promise<DockerChild> {
  options.signal?.throwIfAborted();
  const guard = await place.guard().catch((error: unknown) => {
    throw seenHere(place, argv, error);
  });
  options.signal?.throwIfAborted();
  const id = place.nextId();
  const child = startChild(execArgv(place, guard.folder, id, argv, options), {
    ...options,
    where: place.where,
    env: { ...process.env, LC_ALL: "C" },
    deliver: (name) => {
      guard.kill(id, name);
    },
  });
  const finished = outcomeOf(place, argv, child).finally(() => {
    guard.done(id);
  });
  const begun = new Promise<void>((resolve) => {
    child.lines.wait(new RegExp(`^${startedMarker}$`), () => {
      resolve();
    });
  });
  const started = Promise.race([begun, finished.then(() => undefined)]);
  // A caller may look at only one of the two promises; the other must not count as unhandled.
  finished.catch(() => undefined);
  started.catch(() => undefined);
  return {
    started,
    finished,
    lines: child.lines,
    soFar: () => cleaned(place, argv, child.soFar()),
    signal: (name) => {
      child.signal(name);
    },
  };
}

/** Arguments go over as they are: each may be as long as the kernel allows, and none is quoted for a shell. */
function execArgv(
  { docker, container, env }: Place,
  folder: string,
  id: number,
  argv: readonly string[],
  { input }: RunOptions,
): readonly string[] {
  const hasInput = input !== undefined && input !== "";
  const variables = Object.entries(env ?? {}).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const start = `id=${id}; d=${folder}; tell=1; . "$d/start"`;
  return [...docker, "exec", ...(hasInput ? ["-i"] : []), ...variables, container, "sh", "-c", start, "sh", ...argv];
}

/** Exit codes of a command that was stopped before it began: 128 + SIGINT, SIGKILL, SIGTERM. */
const stoppedExits: ReadonlySet<number> = new Set([130, 137, 143]);

async function outcomeOf(place: Place, argv: readonly string[], child: Child): Promise<CommandResult> {
  let raw: CommandResult;
  try {
    raw = await child.finished;
  } catch (error) {
    throw seenHere(place, argv, error);
  }
  const result = cleaned(place, argv, raw);
  if (raw.stderr.includes(`${startedMarker}\n`)) return result;
  if (raw.exitCode === 127 && raw.stderr.includes(missingMarker))
    throw missingProgram(place.where, result.argv, argv[0]);
  if (stoppedExits.has(raw.exitCode)) return result;
  const problem = "could not be started in the container";
  const fix = `docker ps -a --filter name=${place.container}`;
  throw new CommandError({ failure: "not-started", where: place.where, argv: result.argv, problem, result, fix });
}

/** What a user would type to run the same. */
function shown({ docker, container }: Place, argv: readonly string[]): readonly string[] {
  return [...docker, "exec", container, ...argv];
}

function cleaned(place: Place, argv: readonly string[], result: CommandResult): CommandResult {
  const stderr = result.stderr.replace(`${startedMarker}\n`, "");
  return { ...result, argv: shown(place, argv), stderr };
}

function seenHere(place: Place, argv: readonly string[], error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const { result } = error;
  const change = {
    argv: shown(place, argv),
    ...(result === undefined ? {} : { result: cleaned(place, argv, result) }),
  };
  return error.seenFrom(place.where, change);
}
