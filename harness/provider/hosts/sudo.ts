import { randomBytes } from "node:crypto";
import type { Scope } from "../../core/scope.ts";
import { CommandError, missingProgram, succeeded } from "../../exec/command-error.ts";
import type { CommandResult, Executor, RunOptions, RunningCommand } from "../../exec/executor.ts";

/** Milliseconds that a command gets to end after a signal before it is killed (Executor's contract). */
const stopGraceMs = 5_000;

const missingMarker = "encaplab: not there under sudo";

/**
 * Becomes the command, as root. The user may not signal what sudo starts, so the command's process group is written down
 * for `signalScript`, and a watcher ends it when the ssh session does. Arguments: pid of the session, id, number of
 * variables, variables, command.
 */
const rootScript = `session=$1 id=$2 count=$3; shift 3
while [ "$count" -gt 0 ]; do export "$1"; shift; count=$((count - 1)); done
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
command -v -- "$1" >/dev/null 2>&1 || { echo '${missingMarker}' >&2; exit 127; }
read -r stat </proc/$$/stat; stat=\${stat##*) }; stat=\${stat#* * }; group=\${stat%% *}
folder=/run/encaplab/commands; (umask 077; mkdir -p $folder; echo $group >$folder/$id)
( while kill -0 $session && kill -0 $$; do sleep 1; done; rm -f $folder/$id; kill -0 $$ && kill -s KILL -- -$group ) </dev/null >/dev/null 2>&1 &
exec "$@"`;

/** $PPID is the process that serves the ssh session: it ends with the connection. */
const userScript = 'root=$1; shift; exec sudo -n -- sh -c "$root" sh "$PPID" "$@"';

const signalScript =
  'file=/run/encaplab/commands/$1; [ ! -e "$file" ] || { read -r group <"$file"; kill -s "$2" -- "-$group"; }';

/** Runs every command as root by way of sudo without a password, on an executor of another user. */
export function sudoExecutor(inner: Executor, env: Readonly<Record<string, string>>): Executor {
  const { where } = inner;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const wrapped = (argv: readonly string[], id: string): readonly string[] => {
    return ["sh", "-c", userScript, "sh", rootScript, id, String(variables.length), ...variables, ...argv];
  };
  const signal = async (id: string, name: string): Promise<void> => {
    await inner.tryRun(["sudo", "-n", "--", "sh", "-c", signalScript, "sh", id, name.replace(/^SIG/, "")]);
  };
  const tryRun = async (argv: readonly string[], options?: RunOptions): Promise<CommandResult> => {
    const id = newId();
    try {
      return await seen(argv, inner.tryRun(wrapped(argv, id), options));
    } catch (error) {
      if (!isMissing(error)) await signal(id, "KILL").catch(() => undefined);
      throw error;
    }
  };
  return {
    where,
    tryRun,
    run: async (argv, options) => succeeded(await tryRun(argv, options)),
    spawn: (argv, scope, options) => {
      const id = newId();
      const kill = (name: string): Promise<void> => signal(id, name);
      return startStoppable(argv, scope, kill, () => inner.spawn(wrapped(argv, id), scope, options));
    },
  };
}

async function startStoppable(
  argv: readonly string[],
  scope: Scope,
  kill: (name: string) => Promise<void>,
  start: () => Promise<RunningCommand>,
): Promise<RunningCommand> {
  let running: RunningCommand;
  try {
    running = await start();
  } catch (error) {
    await kill("KILL").catch(() => undefined);
    throw error;
  }
  const finished = seen(argv, running.finished);
  finished.catch(() => undefined);
  const stop = async (name: "SIGINT" | "SIGTERM" = "SIGINT"): Promise<CommandResult> => {
    await kill(name);
    const late = setTimeout(() => void kill("KILL").catch(() => undefined), stopGraceMs);
    return finished.finally(() => {
      clearTimeout(late);
    });
  };
  // After the inner executor's own: only this one can end it, so it must come first.
  scope.defer(`stop ${argv[0] ?? ""} under sudo`, async () => {
    await stop().catch(() => undefined);
  });
  return { argv, finished, stop, waitForLine: (pattern, timeoutMs) => running.waitForLine(pattern, timeoutMs) };
}

async function seen(argv: readonly string[], work: Promise<CommandResult>): Promise<CommandResult> {
  try {
    const result = await work;
    if (result.exitCode === 127 && result.stderr.trim() === missingMarker) throw missingProgram(result.where, argv);
    return { ...result, argv };
  } catch (error) {
    throw error instanceof CommandError && !isMissing(error)
      ? error.seenFrom(error.options.where, { argv, problem: error.options.problem })
      : error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof CommandError && error.failure === "missing-program";
}

function newId(): string {
  return randomBytes(6).toString("hex");
}
