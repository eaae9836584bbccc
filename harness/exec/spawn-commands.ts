import type { Scope } from "../core/scope.ts";
import { CommandError } from "./command-error.ts";
import type { CommandResult, Executor, RunningCommand } from "./executor.ts";
import { lineInWords } from "./line-in-words.ts";
import { shellQuote } from "./quote.ts";
import { endWith, inSharedProcesses, type Placed } from "./shared-process.ts";

/** A command that goes on, and the place where it shall run. */
export interface PlacedCommand {
  readonly executor: Executor;
  readonly argv: readonly string[];
}

export interface SpawnCommandsOptions {
  /** Seconds after which the commands are interrupted, so that none goes on forever when its owner was killed. */
  readonly longestSeconds: number;
}

/** Milliseconds that no timer of Node can exceed: some 24 days. */
const forever = 2 ** 31 - 1;

/**
 * Starts commands that end in order at SIGTERM as at SIGINT, tcpdump above all, in few processes: places that are namespaces
 * of one host share one, and to stop a command is to stop all that share its process. What commands print on either stream comes
 * as stderr. They have no standard input.
 */
export async function spawnCommands(
  placed: readonly PlacedCommand[],
  { longestSeconds }: SpawnCommandsOptions,
  scope: Scope,
): Promise<readonly RunningCommand[]> {
  const limit = ["timeout", "-s", "INT", String(longestSeconds)];
  const running: RunningCommand[] = [];
  await inSharedProcesses(placed, async (host, chunk) => {
    const [only] = chunk;
    if (chunk.length === 1 && only !== undefined) {
      running[only.index] = await only.executor.spawn([...limit, ...only.argv], scope);
      return;
    }
    const shared = await host.spawn([...limit, "sh", "-s"], scope, { input: sharedScript(chunk) });
    endWith(scope, shared, chunk);
    for (const entry of chunk) running[entry.index] = memberOf(shared, entry);
  });
  return running;
}

type Entry = Placed<PlacedCommand>;

/**
 * Signals reach the whole process group: the shells ignore them and pass on what commands say to the last word. Each line carries
 * the command's number; the last one is "<number> ended <exit code> <what it said last>".
 */
function sharedScript(entries: readonly Entry[]): string {
  return `
trap '' TERM INT HUP
place() {
  number=$1; shift
  { (trap - TERM; exec "$@") </dev/null 2>&1; printf '\\nended %s' $?; } | {
    last=
    while IFS= read -r line; do
      [ -z "$line" ] || { printf '%s %s\\n' "$number" "$line"; last=$line; }
    done
    printf '%s %s %s\\n' "$number" "$line" "$last"
  } &
}
${entries.map(({ index, prefix, argv }) => `place ${index} ${shellQuote([...prefix, ...argv])}`).join("\n")}
wait
`;
}

function memberOf(shared: RunningCommand, { executor, prefix, argv: own, index }: Entry): RunningCommand {
  const { where } = executor;
  const argv = [...prefix, ...own];
  const result = (stderr: string, exitCode: number): CommandResult => {
    return { where, argv, exitCode, stdout: "", stderr, durationMs: 0 };
  };
  const whole = ({ stdout, exitCode }: CommandResult): CommandResult => {
    const lines = stdout.split("\n").flatMap((line) => textOf(line, index) ?? []);
    const code = lines.map(endOf).find((end) => end !== undefined)?.exitCode;
    const said = lines.filter((line) => endOf(line) === undefined);
    return result(`${said.join("\n")}\n`, code ?? exitCode);
  };
  const finished = shared.waitForLine(new RegExp(`^${index} ended \\d+ `), forever).then(
    (line) => {
      const { exitCode = 1, last = "" } = endOf(textOf(line, index) ?? "") ?? {};
      return result(last, exitCode);
    },
    async () => whole(await shared.finished),
  );
  finished.catch(() => undefined);
  return {
    argv,
    finished,
    stop: async () => whole(await shared.stop("SIGTERM")),
    waitForLine: async (pattern, timeoutMs) => {
      const wanted = new RegExp(`^${index} (?:ended \\d+ |${pattern.source.replace(/^\^/, "")})`, pattern.flags);
      const text = textOf(await shared.waitForLine(wanted, timeoutMs), index) ?? "";
      const end = endOf(text);
      if (end === undefined) return text;
      const problem = `ended before it printed ${lineInWords(pattern)}`;
      throw new CommandError({ failure: "ended-early", where, argv, problem, result: result(end.last, end.exitCode) });
    },
  };
}

/** What stands behind a command's number; undefined where the line is another's. */
function textOf(line: string, index: number): string | undefined {
  const own = `${index} `;
  return line.startsWith(own) ? line.slice(own.length) : undefined;
}

function endOf(text: string): { readonly exitCode: number; readonly last: string } | undefined {
  const [, code, last = ""] = /^ended (\d+) (.*)$/.exec(text) ?? [];
  return code === undefined ? undefined : { exitCode: Number(code), last };
}
