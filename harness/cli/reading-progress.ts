import { stat } from "node:fs/promises";
import { basename } from "node:path";

/** Files below are read before a line about it could be: bytes. */
const worthTelling = 200e6;

/** Milliseconds between two lines where they cannot be overwritten. */
const betweenLines = 5_000;
const betweenDraws = 200;

/** Tells how far a large file has been read, on standard error. */
export interface ReadingProgress {
  readonly on: (bytes: number) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** A progress line for a file that takes a while; undefined for one that does not. */
export async function readingProgress(file: string): Promise<ReadingProgress | undefined> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  if (size < worthTelling) return undefined;
  const { stderr } = process;
  const start = performance.now();
  let last = start;
  const isLine = stderr.isTTY;
  return {
    on(bytes) {
      const now = performance.now();
      if (now - last < (isLine ? betweenDraws : betweenLines)) return;
      last = now;
      const perSecond = bytes / 1e6 / ((now - start) / 1_000);
      const share = Math.floor((100 * bytes) / size);
      const text = `reading ${basename(file)}: ${share} % of ${(size / 1e6).toFixed(0)} MB, ${perSecond.toFixed(0)} MB/s`;
      stderr.write(isLine ? `\r\u001b[2K${text}` : `${text}\n`);
    },
    end() {
      if (isLine) stderr.write("\r\u001b[2K");
    },
  };
}
