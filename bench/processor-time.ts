import { localExecutor } from "../harness/exec/local/local.ts";

/**
 * Processor seconds of a command and all that it waited for, its output thrown away; undefined where it is not installed or
 * fails. Other than wall time it means something on a busy machine.
 */
export async function processorTime(argv: readonly string[], timeoutMs = 300_000): Promise<number | undefined> {
  // POSIX `times`: the second line has user and system time of the shell's children.
  const quiet = ["sh", "-c", '"$@" >/dev/null 2>&1 || exit 1; times', "sh", ...argv];
  const { exitCode, stdout } = await localExecutor().tryRun(quiet, { timeoutMs });
  if (exitCode !== 0) return undefined;
  const children = stdout.trim().split("\n")[1] ?? "";
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`unknown answer of times: ${stdout}`);
  return times.reduce((total, [, minutes, rest]) => total + Number(minutes) * 60 + Number(rest), 0);
}
