/** Lets work be given up at once when a signal aborts, and be waited for afterwards, when its scope has ended it. */
export class Interruptible {
  readonly signal: AbortSignal;
  readonly #abandoned = new Set<Promise<unknown>>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** The work's result, or the signal's reason as soon as it aborts. */
  async run<T>(body: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    const work = body();
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => {
        this.#abandoned.add(work);
        reject(this.signal.reason as Error);
      };
      // The work itself may have come to the interrupt before it gave way.
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener("abort", onAbort, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      if (onAbort !== undefined) this.signal.removeEventListener("abort", onAbort);
    }
  }

  /** Resolves when all work that was given up has come to its end, whatever end; tells whether there was any. */
  async settled(): Promise<boolean> {
    await Promise.allSettled(this.#abandoned);
    return this.#abandoned.size > 0;
  }
}
