import type { CommandResult } from "../executor.ts";
import { LineWatch } from "../line-watch.ts";
import { OutputBuffer, outputLimit } from "./output-buffer.ts";

/** What a command prints: both streams, kept up to a limit and watched line by line, and the result that they come to. */
export interface CommandOutput {
  readonly stdout: OutputBuffer;
  readonly stderr: OutputBuffer;
  readonly lines: LineWatch;
  /** As it stands now, timed from when the output was made. */
  result(exitCode: number): CommandResult;
}

/** Output of one command; `onOverflow` gets the problem once a stream has printed more than its limit. */
export function commandOutput(
  { where, argv }: Pick<CommandResult, "where" | "argv">,
  onOverflow: (problem: string) => void,
  limit = outputLimit,
): CommandOutput {
  const start = performance.now();
  const lines = new LineWatch();
  const buffer = (stream: "stdout" | "stderr"): OutputBuffer =>
    new OutputBuffer(
      limit,
      (chunk) => {
        lines.feed(stream, chunk);
      },
      () => {
        onOverflow(`printed more than ${limit / 2 ** 20} MiB`);
      },
    );
  const [stdout, stderr] = [buffer("stdout"), buffer("stderr")];
  const result = (exitCode: number): CommandResult => {
    const durationMs = performance.now() - start;
    return { where, argv, exitCode, stdout: stdout.text(), stderr: stderr.text(), durationMs };
  };
  return { stdout, stderr, lines, result };
}
