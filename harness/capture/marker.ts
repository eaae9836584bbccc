import { randomBytes } from "node:crypto";
import { poll } from "../core/poll.ts";
import { messageOf } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";

/** Milliseconds in which tcpdump must have written the marker; it takes a few, in an emulated machine many. */
const markerTimeoutMs = 10_000;

/** The marker is among the last packets, so a look need not read a file of many megabytes. */
const lastBytes = 256 * 1024;

/**
 * Sends a packet over the node's loopback and waits until it stands in the file. Packets come out of a capture socket in
 * the order in which they went in, so everything before is in the file too; and a capture that hears nothing is found
 * out. Gives up when the signal, which tells that the capture has ended, is aborted. Returns the reasons for doubt: []
 * when it was heard.
 */
export async function markEnd(executor: Executor, file: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const marker = newMarker();
    const pattern = Buffer.from(marker).toString("hex");
    await executor.run(["ping", "-n", "-q", "-c", "1", "-W", "1", "-p", pattern, "127.0.0.1"]);
    await poll(() => look(executor, file, marker), { what: "the marker", timeoutMs: markerTimeoutMs, signal });
    return [];
  } catch (error) {
    return [`the capture did not see the marker packet sent at its end, so it may be deaf (${messageOf(error)})`];
  }
}

async function look(
  executor: Executor,
  file: string,
  marker: string,
): Promise<{ done: true; value: undefined } | { done: false; seen: string }> {
  // busybox's grep ends a line at the first NUL byte, and captures are full of them.
  const script = `tail -c ${lastBytes} "$1" | tr -d '\\000' | grep -q -F "$2"`;
  const { exitCode } = await executor.tryRun(["sh", "-c", script, "sh", file, marker]);
  return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: "a capture without it" };
}

/** Letters that a ping over the node's own loopback carries, unlike any other capture's; the file holds them as they are. */
function newMarker(): string {
  return `EM${randomBytes(3).toString("hex")}`;
}
