import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** Bytes of packed input that are unpacked at once: gzip unpacks at most to 1032 times as much (RFC 1951), so that memory stays bounded. */
const packedAtOnce = 16 * 1024;

/** Whether a file begins as gzip does: magic and the only method (RFC 1952 section 2.3). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** Bytes of a file, some at a time. */
export type ReadBytes = (buffer: Buffer) => number;

/** Unpacks a file while it is read; `head` are its first bytes, `read` gives all others. */
export class GzipBytes {
  /** The packed file ends before its last block does. */
  isCut = false;
  private readonly unpacked: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(head: Buffer, read: ReadBytes) {
    const gunzip = createGunzip();
    // What goes wrong comes out of the iterator.
    pipeline(Readable.from(packedChunks(head, read)), gunzip).catch(() => undefined);
    this.unpacked = gunzip[Symbol.asyncIterator]();
  }

  /** Reads until the buffer is full or the file ends; returns the bytes read. Passes on what zlib says of bytes that are not gzip's. */
  async fill(buffer: Buffer, from: number): Promise<number> {
    let at = from;
    while (at < buffer.length) {
      if (this.rest.length === 0 && !(await this.next())) break;
      const taken = this.rest.copy(buffer, at);
      this.rest = this.rest.subarray(taken);
      at += taken;
    }
    return at - from;
  }

  async close(): Promise<void> {
    await this.unpacked.return?.();
  }

  private async next(): Promise<boolean> {
    try {
      const next = await this.unpacked.next();
      if (next.done !== true) this.rest = next.value;
      return next.done !== true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "Z_BUF_ERROR") throw error;
      this.isCut = true;
      return false;
    }
  }
}

function* packedChunks(head: Buffer, read: ReadBytes): Generator<Buffer> {
  for (let at = 0; at < head.length; at += packedAtOnce) yield head.subarray(at, at + packedAtOnce);
  for (;;) {
    const chunk = Buffer.alloc(packedAtOnce);
    const length = read(chunk);
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}
