import type { RunRecord } from "../run/record.ts";

/**
 * The run of the same command that repeated another after a lab error; undefined where none did. Only a run whose every verdict is
 * a pass or a skip can have been repeated: what it found on the wire stays.
 */
export function repeatedBy(
  { troubles, summary, command, again, startedAt }: RunRecord,
  all: readonly RunRecord[],
): RunRecord | undefined {
  // Programs that run suites name no command that tells their runs apart.
  if (again === undefined || troubles.length === 0 || summary.fail > 0 || summary.inconclusive > 0) return undefined;
  return all.find((other) => other.command === command && other.troubles.length === 0 && other.startedAt > startedAt);
}
