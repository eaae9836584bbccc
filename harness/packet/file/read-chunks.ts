import { setImmediate } from "node:timers/promises";
import { ByteSource } from "./byte-source.ts";

/** Bytes read at once: small enough to stay in a processor's cache until they are parsed. */
const chunkSize = 512 * 1024;

export interface ChunkOptions {
  /** Read on into the same memory: for listeners that keep nothing of a packet when they return. */
  readonly reuse?: boolean;
  /** Told how many bytes of the file have been read, after each chunk. */
  readonly onProgress?: (bytes: number) => void;
}

/** What a consumer returns to end the reading. */
export const stop = -1;

/**
 * Takes what it can use of the bytes of a chunk between two places, and returns the place up to which it did: the rest comes
 * again, before the next bytes of the file. A place behind the end skips bytes that were not read yet.
 */
export type Consumer = (chunk: Buffer, from: number, to: number) => number;

/** How far a file was read. */
export interface ChunksRead {
  readonly bytes: number;
  /** Bytes at its end that the consumer had no use for. */
  readonly left: number;
  /** Bytes behind its end that the consumer wanted to skip. */
  readonly missing: number;
}

/**
 * Feeds a file to its end to a consumer, letting others work between two chunks. Throws CaptureError where the file cannot
 * be read, and passes on what the consumer throws.
 */
export async function readChunks(path: string, options: ChunkOptions, consume: Consumer): Promise<ChunksRead> {
  const source = await ByteSource.open(path);
  try {
    let chunk: Buffer = Buffer.alloc(0);
    let bytes = 0;
    // What the consumer left, from `from` to `to`; `from` behind `to` is to be skipped.
    let from = 0;
    let to = 0;
    for (;;) {
      const rest = Math.max(0, to - from);
      const next = roomFor(rest, chunk, source.expects(chunkSize), options.reuse === true);
      // Within one chunk too: copy() moves overlapping bytes as memmove does.
      if (rest > 0) chunk.copy(next, 0, from, to);
      from = Math.max(0, from - to);
      chunk = next;
      const length = await source.fill(chunk, rest);
      bytes += length;
      if (length === 0) return { bytes, left: rest, missing: source.isCut ? Math.max(1, from) : from };
      to = rest + length;
      from = from >= to ? from : consume(chunk, from, to);
      options.onProgress?.(source.fileBytes);
      if (from === stop) return { bytes, left: 0, missing: 0 };
      await setImmediate();
    }
  } finally {
    await source.close();
  }
}

/**
 * A buffer for the rest and what comes behind it: a fresh one each time, so that records which somebody keeps stay as they are. Of a small
 * file a small one: runs read hundreds of them side by side.
 */
function roomFor(rest: number, chunk: Buffer, expected: number, reuse: boolean): Buffer {
  return reuse && chunk.length > rest + expected / 2 ? chunk : Buffer.allocUnsafeSlow(rest + expected);
}
