import type { CommandResult, Executor } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { hostOf } from "../exec/shared-process.ts";
import { countArgv, countTogetherArgv, parseCount } from "./tcpdump.ts";

/** A capture that has ended, on a node. */
export interface Countable {
  readonly executor: Executor;
  /** Path on the node. */
  readonly file: string;
  /** Packets that it should hold, where somebody knows. */
  readonly captured?: number;
}

/**
 * Counts the packets in captures of one host with tcpdump's own reader, or says why it cannot. One program reads them all; only where it
 * finds fault with any, or another sum, each is counted by itself.
 */
export async function countPackets(captures: readonly Countable[]): Promise<readonly (number | string)[]> {
  const [first] = captures;
  const expected = captures.map(({ captured }) => captured ?? NaN);
  if (first !== undefined && captures.length > 1) {
    const input = captures.map(({ file }) => `${file}\n`).join("");
    const answer = await hostOf(first.executor).tryRun(countTogetherArgv, { input, onlyReads: true });
    if (sumOf(answer) === expected.reduce((sum, count) => sum + count, 0)) return expected;
  }
  const answers = await runEverywhere(
    captures.map(({ executor, file }) => ({ executor, script: shellQuote(countArgv(file)) })),
  );
  return answers.map((answer) => {
    const counted = parseCount(answer.stdout);
    return answer.exitCode === 0 && counted !== undefined ? counted : answer.stderr.trim();
  });
}

/** Its exit code is that of the last file: whatever else it says than which files it reads is a reason to look closer. */
function sumOf({ exitCode, stdout, stderr }: CommandResult): number | undefined {
  const complaints = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("reading from file "));
  return exitCode === 0 && complaints.length === 0 ? parseCount(stdout) : undefined;
}
