import { LabError } from "../core/errors.ts";
import { CommandError } from "../exec/command-error.ts";
import type { RunningCommand } from "../exec/executor.ts";

/** Milliseconds in which tcpdump must listen; it takes some 20, more where a program is loaded the first time. */
const listenTimeoutMs = 15_000;

/** Waits until a node's tcpdump says that it listens; LabError where the node has none. */
export async function whenListening(tcpdump: RunningCommand, node: string, listening: RegExp): Promise<void> {
  try {
    await tcpdump.waitForLine(listening, listenTimeoutMs);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // 127 is what timeout(1) or a shell, which stand before tcpdump, say of a missing program.
    if (error.result?.exitCode !== 127) throw error;
    const { where, command, tail } = error.details;
    throw new LabError(`tcpdump is missing on node ${node}`, {
      ...(where === undefined ? {} : { where }),
      ...(command === undefined ? {} : { command }),
      ...(tail === undefined ? {} : { tail }),
      fix: "Install tcpdump 4.99 or newer there.",
    });
  }
}
