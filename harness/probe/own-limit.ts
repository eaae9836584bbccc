import type { CommandResult } from "../exec/executor.ts";

/** 128 and the number of SIGKILL */
const killed = 137;

/** A command that was killed when its time was over says so: a bare exit code would leave the reader to guess who did it. */
export function withOwnLimit(output: CommandResult, timeoutMs = Infinity): CommandResult {
  if (output.exitCode !== killed || output.durationMs < timeoutMs) return output;
  const words = `killed by the probes' own limit of ${timeoutMs / 1000} s`;
  return { ...output, stderr: [output.stderr.trimEnd(), words].filter((part) => part !== "").join("\n") };
}
