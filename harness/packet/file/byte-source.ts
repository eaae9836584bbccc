import { readSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { messageOf } from "../../core/errors.ts";
import { CaptureError } from "../capture-error.ts";
import { GzipBytes, isGzip } from "./gzip-bytes.ts";

/** The bytes of a capture file from its beginning, unpacked where gzip packed them. */
export class ByteSource {
  /** Bytes read from the file itself. */
  fileBytes = 0;
  private readonly path: string;
  private readonly file: FileHandle;
  /** Undefined until the first bytes were read, null where they are not packed. */
  private gzip: GzipBytes | null | undefined;

  /** Of the file when it was opened; 0 of pipes. */
  private readonly size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.file = file;
    this.size = size;
  }

  static async open(path: string): Promise<ByteSource> {
    try {
      const file = await open(path, "r");
      return new ByteSource(path, file, (await file.stat()).size);
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  /** Bytes to make room for, `most` of them at the most: what is left of the file, and one more, by which its end is seen. */
  expects(most: number): number {
    const left = this.size - this.fileBytes;
    return this.gzip instanceof GzipBytes || this.size === 0 || left < 0 ? most : Math.min(most, left + 1);
  }

  /** Whether a packed file ended before what is packed in it did. */
  get isCut(): boolean {
    return this.gzip?.isCut === true;
  }

  /** Reads until the buffer is full or the file ends; returns the bytes read. */
  async fill(buffer: Buffer, from: number): Promise<number> {
    if (this.gzip === undefined) {
      const length = this.read(buffer, from);
      const head = buffer.subarray(from, from + length);
      this.gzip = isGzip(head) ? new GzipBytes(Buffer.from(head), (chunk) => this.read(chunk, 0)) : null;
      if (this.gzip === null) return length;
    }
    if (this.gzip === null) return this.read(buffer, from);
    try {
      return await this.gzip.fill(buffer, from);
    } catch (error) {
      const fix = "Unpack what can be unpacked: gzip -dc FILE.gz > out.pcap";
      throw new CaptureError(`cannot be unpacked: ${messageOf(error)}`, this.path, { fix });
    }
  }

  async close(): Promise<void> {
    await this.gzip?.close();
    await this.file.close();
  }

  /**
   * Pipes give less at a time. Reads on this thread, so that the bytes are in this processor's cache when they are parsed: saves a
   * third of the time.
   */
  private read(buffer: Buffer, from: number): number {
    let at = from;
    try {
      while (at < buffer.length) {
        const bytesRead = readSync(this.file.fd, buffer, at, buffer.length - at, null);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
    } catch (error) {
      throw unreadable(this.path, error);
    }
    this.fileBytes += at - from;
    return at - from;
  }
}

/** What keeps a file from being read, by the kernel's word for it (errno(3)): the reason and the way out. */
const reasons: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["ENOENT", ["there is no such file", "Give the path of a capture file."]],
  ["ENOTDIR", ["a part of this path is a file, not a folder", "Give the path of a capture file."]],
  ["EISDIR", ["this is a folder, not a capture", "Give one of the capture files in it."]],
  ["EACCES", ["this user may not read the file", "Run as root, or: sudo chmod a+r FILE"]],
  ["EPERM", ["this user may not read the file", "Run as root, or: sudo chmod a+r FILE"]],
]);

function unreadable(path: string, error: unknown): CaptureError {
  const [reason, fix] = reasons.get((error as NodeJS.ErrnoException).code ?? "") ?? [];
  return new CaptureError(reason ?? `cannot be read: ${messageOf(error)}`, path, {
    fix: fix ?? "Give the path of a capture file.",
  });
}
