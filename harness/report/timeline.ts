import { open } from "node:fs/promises";
import { redactValue } from "./redact.ts";

/** One command as the timeline keeps it. */
interface TimelineEntry {
  /** ISO time at which it started. */
  readonly at: string;
  /** Executor's name: "node a1 (netns el7f3k-a1)". */
  readonly where: string;
  /** Pasteable command line. */
  readonly command: string;
  readonly ms: number;
  /** Missing while it is still running or could not be started. */
  readonly exitCode?: number;
}

/** A timeline.ndjson that is open for appending. */
export interface Timeline {
  /** Queues one line; never throws, lines keep their order. */
  append(entry: TimelineEntry): void;
  /** Writes what is queued and closes, once; rejects with the first write error. */
  close(): Promise<void>;
}

/** Opens `file` for appending, without secrets, one JSON object per line. */
export async function openTimeline(file: string): Promise<Timeline> {
  const handle = await open(file, "a");
  let failure: unknown;
  let queue: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await queue;
    await handle.close();
    if (failure !== undefined) throw failure as Error;
  };
  return {
    append(entry) {
      const line = `${JSON.stringify(redactValue(entry))}\n`;
      queue = queue.then(async () => {
        if (failure === undefined) await handle.appendFile(line);
      });
      queue = queue.catch((error: unknown) => {
        failure = error;
      });
    },
    close: () => (closed ??= close()),
  };
}
