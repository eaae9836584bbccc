import { randomBytes } from "node:crypto";
import { Scope } from "../../core/scope.ts";
import { CommandError, missingProgram, succeeded } from "../../exec/command-error.ts";
import type { CommandResult, Executor, RunOptions, RunningCommand } from "../../exec/executor.ts";
import { becomeNoted, missingMarker } from "../../exec/noted-command.ts";
import { defaultTimeoutMs } from "../../exec/local/local.ts";
import { recordFolder } from "./host-record.ts";

/** Milliseconds that a command gets to end after a signal before it is killed (Executor's contract). */
const stopGraceMs = 5_000;

/** Where the process groups of commands are written down, readable for root alone. */
const notes = `${recordFolder}/commands`;

/**
 * Becomes the command, as root. The user may not signal what sudo starts, so the command's process group is written down
 * for `signalScript`, and a watcher ends it when the ssh session does. Arguments: pid of the session, id, number of
 * variables, variables, command.
 */
const rootScript = `session=$1 note=${notes}/$2 count=$3; shift 3
while [ "$count" -gt 0 ]; do export "$1"; shift; count=$((count - 1)); done
(umask 077; mkdir -p ${notes})
${becomeNoted({
  noted: "$group $PPID",
  last: `( while kill -0 $session && kill -0 $$; do sleep 1; done; rm -f "$note"; kill -0 $$ && kill -s KILL -- -$group ) </dev/null >/dev/null 2>&1 &`,
})}`;

/** $PPID is the process that serves the ssh session: it ends with the connection. */
const userScript = 'root=$1; shift; exec sudo -n -- sh -c "$root" sh "$PPID" "$@"';

/**
 * Waits a little for the note: sudo may still be at work. A mark for a command that is over would stay behind. Signals the whole group but sudo,
 * which is in it and hands on what reaches it (sudo(8), "Signal handling"): the command would get the signal twice.
 */
const signalScript = `note=${notes}/$1 name=$2 tries=0
until [ -s "$note" ] || [ $tries -ge 20 ]; do tries=$((tries + 1)); sleep 0.1; done
[ -s "$note" ] || exit 0
read -r group sudo <"$note"
[ "$name" != KILL ] || { kill -s KILL -- "-$group"; exit 0; }
for stat in /proc/[0-9]*/stat; do
  read -r line <"$stat" || continue
  pid=\${line%% *}
  set -- \${line##*) }
  [ "$3" != "$group" ] || [ "$pid" = "$sudo" ] || echo "$pid"
done 2>/dev/null | while read -r pid; do kill -s "$name" "$pid" 2>/dev/null; done
exit 0`;

/** Runs every command as root by way of sudo without a password, on an executor of another user. */
export function sudoExecutor(inner: Executor, env: Readonly<Record<string, string>>): Executor {
  const { where } = inner;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const prepare = (argv: readonly string[], options: RunOptions = {}): SudoCommand => {
    const id = randomBytes(6).toString("hex");
    return {
      argv,
      options,
      wrapped: ["sh", "-c", userScript, "sh", rootScript, id, String(variables.length), ...variables, ...argv],
      kill: async (name) => {
        await inner.tryRun(["sudo", "-n", "--", "sh", "-c", signalScript, "sh", id, name.replace(/^SIG/, "")]);
      },
    };
  };
  const tryRun = async (argv: readonly string[], options?: RunOptions): Promise<CommandResult> => {
    const command = prepare(argv, { timeoutMs: defaultTimeoutMs, ...options });
    return limited(command, inner.tryRun(command.wrapped, command.options));
  };
  return {
    where,
    tryRun,
    run: async (argv, options) => succeeded(await tryRun(argv, options)),
    spawn: (argv, scope, options) => {
      const command = prepare(argv, options);
      return spawnStoppable(command, scope, (own) => inner.spawn(command.wrapped, own, options));
    },
  };
}

/** A command and what its user needs root for: to signal it. */
interface SudoCommand {
  readonly argv: readonly string[];
  readonly wrapped: readonly string[];
  readonly options: RunOptions;
  kill(name: string): Promise<void>;
}

/** Kills where the inner executor, without the right to, only thinks that it does: when time is up, or the run interrupted. */
async function limited(command: SudoCommand, work: Promise<CommandResult>): Promise<CommandResult> {
  const { argv, options } = command;
  const { timeoutMs, signal } = options;
  const late = { is: false };
  const end = (): void => void command.kill("KILL").catch(() => undefined);
  const onTimeout = (): void => {
    late.is = true;
    end();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  signal?.addEventListener("abort", end);
  try {
    const result = await seen(argv, work);
    if (!late.is) return result;
    const problem = `did not finish within ${(timeoutMs ?? 0) / 1000} s and was killed`;
    throw new CommandError({ failure: "timeout", where: result.where, argv, problem, result });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

async function spawnStoppable(
  command: SudoCommand,
  scope: Scope,
  start: (own: Scope) => Promise<RunningCommand>,
): Promise<RunningCommand> {
  const { argv } = command;
  const own = new Scope();
  const begun: { running?: Promise<RunningCommand> } = {};
  scope.defer(`stop under sudo: ${argv[0] ?? ""}`, async () => {
    await begun.running?.then((running) => running.stop()).catch(() => undefined);
    await own.close();
  });
  begun.running = start(own).then((running) => stoppable(command, running));
  return begun.running;
}

function stoppable(command: SudoCommand, running: RunningCommand): RunningCommand {
  const finished = limited(command, running.finished);
  finished.catch(() => undefined);
  const isOver = finished.then(
    () => true,
    () => true,
  );
  const stopOnce = async (name: string): Promise<CommandResult> => {
    if (!(await Promise.race([isOver, Promise.resolve(false)]))) await command.kill(name);
    const late = setTimeout(() => void command.kill("KILL").catch(() => undefined), stopGraceMs);
    return finished.finally(() => {
      clearTimeout(late);
    });
  };
  let stopped: Promise<CommandResult> | undefined;
  return {
    argv: command.argv,
    finished,
    waitForLine: (pattern, timeoutMs) => running.waitForLine(pattern, timeoutMs),
    stop: (name = "SIGINT") => (stopped ??= stopOnce(name)),
  };
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
