import { LabError } from "../core/errors.ts";
import { CommandError } from "../exec/command-error.ts";
import type { RunningCommand } from "../exec/executor.ts";

/** Milliseconds in which tcpdump must listen; it takes some 20, more where a program is loaded the first time. */
const listenTimeoutMs = 15_000;

/** Milliseconds more for each that begins at the same time: ten times what one computes until then. */
const perTcpdumpMs = 200;

/** Waits until a node's tcpdump says that it listens, one of so many that begin together; LabError where the node has none. */
export async function whenListening(
  tcpdump: RunningCommand,
  node: string,
  listening: RegExp,
  together: number,
): Promise<void> {
  try {
    await tcpdump.waitForLine(listening, listenTimeoutMs + together * perTcpdumpMs);
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
