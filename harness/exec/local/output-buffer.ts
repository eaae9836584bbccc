/** Bytes that one stream of one command may print; more than any tool here prints, and still harmless to hold. */
export const outputLimit = 64 * 1024 * 1024;

/**
 * Collects one stream of a child up to a limit, and calls `onOverflow` once there is more. Has the `push` of the arrays
 * in which zx stores output, which themselves grow without bound.
 */
export class OutputBuffer {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onData: (chunk: Buffer) => void;
  readonly #onOverflow: () => void;
  #bytes = 0;

  constructor(limit: number, onData: (chunk: Buffer) => void, onOverflow: () => void) {
    this.#limit = limit;
    this.#onData = onData;
    this.#onOverflow = onOverflow;
  }

  push(chunk: string | Buffer): number {
    if (this.#bytes > this.#limit) return this.#bytes;
    const buffer = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.#bytes += buffer.length;
    this.#chunks.push(buffer.subarray(0, buffer.length - Math.max(0, this.#bytes - this.#limit)));
    this.#onData(buffer);
    if (this.#bytes > this.#limit) this.#onOverflow();
    return this.#bytes;
  }

  /** Everything so far as UTF-8; bytes that are no UTF-8 become U+FFFD. */
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
