import { poll } from "../core/poll.ts";
import { messageOf } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";

/** Eight letters that a ping over the node's own loopback carries; they stand in the capture as they are. */
export const endMarker = "ENDMARK!";

/** Milliseconds in which tcpdump must have written the marker; it takes a few. */
const markerTimeoutMs = 2_000;

/**
 * Sends a packet over the node's loopback and waits until it stands in the file. Packets come out of a capture socket in
 * the order in which they went in, so everything before is in the file too; and a capture that hears nothing is found
 * out. Returns the reasons for doubt: [] when the marker was heard.
 */
export async function markEnd(executor: Executor, file: string): Promise<readonly string[]> {
  try {
    const pattern = Buffer.from(endMarker).toString("hex");
    await executor.run(["ping", "-n", "-q", "-c", "1", "-W", "1", "-p", pattern, "127.0.0.1"]);
    await poll(() => look(executor, file), { what: "the marker", timeoutMs: markerTimeoutMs });
    return [];
  } catch (error) {
    return [`the capture did not hear the marker packet sent at its end, so it may be deaf (${messageOf(error)})`];
  }
}

async function look(
  executor: Executor,
  file: string,
): Promise<{ done: true; value: undefined } | { done: false; seen: string }> {
  const { exitCode } = await executor.tryRun(["grep", "-q", "-F", endMarker, file]);
  return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: "a capture without it" };
}
