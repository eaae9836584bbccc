import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { poll, type Look } from "../core/poll.ts";
import { messageOf } from "../core/errors.ts";
import type { CommandResult, Executor } from "../exec/executor.ts";
import { exitMeaning } from "../exec/exit-meaning.ts";
import { shellQuote } from "../exec/quote.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";

/** Milliseconds in which tcpdump must have written the marker; it takes a few, in an emulated machine many. */
const markerTimeoutMs = 10_000;

/** The marker is among the last packets, so a look need not read a file of many megabytes. */
const lastBytes = 256 * 1024;

/** ping(8)'s exit code where no answer came: a node that ignores pings has sent the marker all the same. */
const unanswered = 1;

/** Nodes that one process serves at a time: pings wait. */
const parallel = 8;

/** A capture whose end is to be marked. */
export interface Markable {
  readonly executor: Executor;
  readonly file: string;
  /** True where this machine sees the same file. */
  readonly shared: boolean;
  /** Aborted when the capture has ended: nothing need be waited for any more. */
  readonly ended: AbortSignal;
}

/**
 * Sends a packet over each node's loopback and waits until it stands in the node's file. Packets come out of a capture socket
 * in the order in which they went in, so everything before is in the file too; and a capture that sees nothing is found
 * out. Returns each one's reason for doubt: undefined when it was seen.
 */
export async function markEnds(captures: readonly Markable[]): Promise<readonly (string | undefined)[]> {
  const marked = captures.map((capture) => ({ ...capture, marker: newMarker() }));
  const whys = new Map<Markable, string>();
  try {
    const sent = await onEach(marked, sendScript);
    const waiting = marked.filter((capture, index) => {
      const { exitCode = 0, stderr = "" } = sent[index] ?? {};
      const isSent = exitCode === 0 || exitCode === unanswered;
      if (!isSent) whys.set(capture, `its ping failed (${exitMeaning(exitCode)}) ${stderr.trim()}`);
      return isSent;
    });
    await waitForMarkers(waiting, whys);
  } catch (error) {
    for (const capture of marked) if (!whys.has(capture)) whys.set(capture, messageOf(error));
  }
  return marked.map((capture) => {
    const why = whys.get(capture);
    return why && `the capture did not see the marker packet sent at its end, so it may be deaf (${why})`;
  });
}

/** Notes for each capture why it was waited for in vain. */
async function waitForMarkers(marked: readonly Marked[], whys: Map<Markable, string>): Promise<void> {
  let waiting = marked;
  const look = async (): Promise<Look<undefined>> => {
    for (const capture of waiting) if (capture.ended.aborted) whys.set(capture, "it has ended");
    waiting = waiting.filter((capture) => !capture.ended.aborted);
    const seen = await markersSeen(waiting);
    waiting = waiting.filter((capture) => !seen.has(capture));
    return waiting.length === 0 ? { done: true, value: undefined } : { done: false, seen: "a capture without it" };
  };
  await poll(look, { what: "the marker", timeoutMs: markerTimeoutMs }).catch((error: unknown) => {
    for (const capture of waiting) whys.set(capture, messageOf(error));
  });
}

/** Looks into files of this machine without a process. */
async function markersSeen(captures: readonly Marked[]): Promise<ReadonlySet<Marked>> {
  const seen = new Set<Marked>();
  const room = Buffer.alloc(lastBytes);
  for (const capture of captures)
    if (capture.shared && (await endOf(capture.file, room)).includes(capture.marker)) seen.add(capture);
  const away = captures.filter(({ shared }) => !shared);
  const looks = await onEach(away, lookScript);
  for (const [index, capture] of away.entries()) if (looks[index]?.exitCode === 0) seen.add(capture);
  return seen;
}

/** The last bytes of a file; none where there is no such file yet. */
async function endOf(path: string, room: Buffer): Promise<Buffer> {
  const file = await open(path).catch(() => undefined);
  try {
    const { size } = (await file?.stat()) ?? { size: 0 };
    const read = await file?.read(room, 0, room.length, Math.max(0, size - room.length));
    return room.subarray(0, read?.bytesRead ?? 0);
  } finally {
    await file?.close();
  }
}

function onEach(captures: readonly Marked[], script: (capture: Marked) => string): Promise<readonly CommandResult[]> {
  return runEverywhere(
    captures.map((capture) => ({ executor: capture.executor, script: script(capture) })),
    { parallel },
  );
}

interface Marked extends Markable {
  readonly marker: string;
}

function sendScript({ marker }: Marked): string {
  return `exec ping -n -q -c 1 -W 1 -p ${Buffer.from(marker).toString("hex")} 127.0.0.1`;
}

/** busybox's grep ends a line at the first NUL byte, and captures are full of them. */
function lookScript({ file, marker }: Marked): string {
  return `tail -c ${lastBytes} ${shellQuote([file])} | tr -d '\\000' | grep -q -F ${marker}`;
}

/** Letters that a ping over the node's own loopback carries, unlike any other capture's; the file holds them as they are. */
function newMarker(): string {
  return `EM${randomBytes(3).toString("hex")}`;
}
