import { helpGroups } from "./help-groups.ts";
import { InvalidArgumentError, Option, type Command } from "commander";

/** Options that say how to run and where results go; shared by suite, check and selftest. */
export interface RunOptions {
  readonly out: string;
  readonly throughput: boolean;
  readonly captureBuffer: number;
  readonly history?: string;
  readonly open?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

/** Enough for what probes send in a second to one node, with room for bulk flows. */
export const defaultCaptureBufferKiB = 16 * 1024;

/** Adds the options that say how to run and where results go. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(new Option("--no-throughput", "skip the iperf3 measurements").helpGroup(helpGroups.prove))
    .addOption(
      new Option(
        "--capture-buffer <size>",
        "kernel buffer of each capture, for example 64M; more when packets are dropped",
      )
        .argParser(parseKiB)
        .default(defaultCaptureBufferKiB, "16M")
        .helpGroup(helpGroups.lab),
    )
    .optionsGroup(helpGroups.output)
    .option("--out <dir>", "folder for results", "results")
    .option("--history <dir>", "folder that outlives runs: costs from night to night, and Allure's trend")
    .option("--open", "open the Allure page at the end")
    .option("--quiet", "print only what is wrong, and the summary")
    .option("--verbose", "print every phase and every path")
    .option("--no-color", "plain text (also by the NO_COLOR environment variable)");
}

/** "64M", "512K" or a plain number of KiB. */
function parseKiB(text: string): number {
  const match = /^(\d+)([KMG]?)$/i.exec(text);
  const factor = { "": 1, K: 1, M: 1024, G: 1024 ** 2 }[(match?.[2] ?? "").toUpperCase()];
  const size = Number(match?.[1] ?? Number.NaN) * (factor ?? 1);
  if (!Number.isInteger(size) || size < 64) throw new InvalidArgumentError("write a size like 512K, 64M or 1G.");
  return size;
}
