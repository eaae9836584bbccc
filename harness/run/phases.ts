import type { ModeId } from "../encap/mode.ts";
import type { Interruptible } from "./interruptible.ts";
import type { RunListener, ScenarioRecord } from "./record.ts";

/** Names and times the stages of a scenario, tells the listener, and stops when the run is interrupted. */
export class Phases {
  readonly #mode: { readonly mode?: ModeId };
  readonly #listener: RunListener;
  readonly #interruptible: Interruptible;
  readonly #done: { phase: string; startedAt: string; ms: number }[] = [];
  #current: string;

  /** What fails before any phase is told of as the first. */
  constructor(mode: ModeId | undefined, first: string, listener: RunListener, interruptible: Interruptible) {
    this.#current = first;
    this.#mode = mode === undefined ? {} : { mode };
    this.#listener = listener;
    this.#interruptible = interruptible;
  }

  /** The phases that ended, in order, with their durations in milliseconds. */
  get done(): ScenarioRecord["phases"] {
    return this.#done;
  }

  /** The phase that is running or, after an error, the one that failed. */
  get current(): string {
    return this.#current;
  }

  /** Runs one phase; `note` makes the words that the console adds to it. An interrupt rejects at once. */
  async run<T>(phase: string, body: () => Promise<T>, note?: (result: T) => string): Promise<T> {
    this.#current = phase;
    await this.#listener.on({ kind: "phase-started", ...this.#mode, phase });
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const result = await this.#interruptible.run(body);
    const ms = performance.now() - start;
    this.#done.push({ phase, startedAt, ms });
    const words = note === undefined ? {} : { note: note(result) };
    await this.#listener.on({ kind: "phase-ended", ...this.#mode, phase, ms, ...words });
    return result;
  }
}
