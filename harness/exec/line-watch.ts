import { StringDecoder } from "node:string_decoder";

/** Lines kept for late askers: start-up messages come first, so the first ones are those worth keeping. */
const maxRememberedLines = 1000;

interface Waiter {
  readonly pattern: RegExp;
  readonly resolve: (line: string) => void;
}

/** Finds lines in the output of a running command, also those printed before somebody asked. */
export class LineWatch {
  readonly #partial = new Map<string, { decoder: StringDecoder; rest: string }>();
  readonly #lines: string[] = [];
  #waiters: Waiter[] = [];

  /** Takes output of one stream, in pieces that may end anywhere. */
  feed(stream: string, chunk: Buffer): void {
    const state = this.#partial.get(stream) ?? { decoder: new StringDecoder("utf8"), rest: "" };
    const lines = (state.rest + state.decoder.write(chunk)).split("\n");
    state.rest = lines.pop() ?? "";
    this.#partial.set(stream, state);
    for (const line of lines) this.#take(line);
  }

  /** Hands over last lines that lack their newline; call it when the command has ended. */
  end(): void {
    for (const state of this.#partial.values()) if (state.rest !== "") this.#take(state.rest);
    this.#partial.clear();
  }

  /** Calls `resolve` with the first line that matches; the returned function forgets the wish. */
  wait(pattern: RegExp, resolve: (line: string) => void): () => void {
    const seen = this.#lines.find((line) => pattern.test(line));
    if (seen !== undefined) {
      resolve(seen);
      return () => undefined;
    }
    const waiter = { pattern, resolve };
    this.#waiters.push(waiter);
    return () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
    };
  }

  #take(line: string): void {
    if (this.#lines.length < maxRememberedLines) this.#lines.push(line);
    const hit = this.#waiters.filter((waiter) => waiter.pattern.test(line));
    this.#waiters = this.#waiters.filter((waiter) => !hit.includes(waiter));
    for (const waiter of hit) waiter.resolve(line);
  }
}
