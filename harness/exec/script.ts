import type { CommandResult, Executor, RunOptions } from "./executor.ts";

/** Runs a POSIX sh script in one process: for steps that belong together. Stops at the first failing command (`set -e`). */
export function runScript(
  executor: Executor,
  script: string,
  options: Omit<RunOptions, "input"> = {},
): Promise<CommandResult> {
  return executor.run(["sh", "-e", "-s"], { ...options, input: script });
}
