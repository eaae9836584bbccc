import { HarnessError, LabError, messageOf } from "./errors.ts";

/** Time limit of one undo step; a stuck tear-down must not keep the others from running. */
export const undoTimeoutMs = 20_000;

interface Undo {
  readonly label: string;
  readonly run: () => Promise<void> | void;
  readonly timeoutMs: number;
  /** Also runs after a release. */
  readonly always?: true;
  /** What it would undo goes with what holds it. */
  readonly within?: true;
}

/** A failed undo step, with the label it was registered under. */
export interface CleanupFailure {
  readonly label: string;
  readonly error: unknown;
}

/** Collects how to undo what was started; everything that starts something takes one. */
export class Scope {
  readonly #undos: Undo[] = [];
  #closed = false;

  /**
   * Registers an undo step. Call it before the effect, so that a half-done effect is undone too. A longer time limit is for steps that
   * emulated machines take.
   */
  defer(label: string, run: () => Promise<void> | void, timeoutMs: number = undoTimeoutMs): void {
    this.#register({ label, run, timeoutMs });
  }

  /** Registers how to undo what lives in something else, as devices do in a node: where that goes as a whole, `abandon` spares the step. */
  deferWithin(label: string, run: () => Promise<void> | void): void {
    this.#register({ label, run, timeoutMs: undoTimeoutMs, within: true });
  }

  /** Registers what must also be done when the scope is released: for what this process alone holds, like a connection. */
  onLeave(label: string, run: () => Promise<void> | void): void {
    this.#register({ label, run, timeoutMs: undoTimeoutMs, always: true });
  }

  /** Labels of the pending undo steps, last registered first: the order in which they would run. */
  pending(): readonly string[] {
    return this.#undos.map((undo) => undo.label).reverse();
  }

  /** Forgets all undo steps but those of `onLeave`: for a lab that shall stay. Returns the labels of the forgotten. */
  release(): readonly string[] {
    const forgotten = this.#undos.filter(({ always }) => always !== true).map(({ label }) => label);
    const left = this.#undos.filter(({ always }) => always === true);
    this.#undos.splice(0, this.#undos.length, ...left);
    this.#closed = true;
    return forgotten.reverse();
  }

  /** Forgets the steps of `deferWithin`: what holds all that they would undo is about to be removed. */
  abandon(): void {
    const left = this.#undos.filter(({ within }) => within !== true);
    this.#undos.splice(0, this.#undos.length, ...left);
  }

  /** Runs every undo step, last first, each with its own time limit; returns those that failed. */
  async close(): Promise<readonly CleanupFailure[]> {
    this.#closed = true;
    const failures: CleanupFailure[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        await withTimeout(undo);
      } catch (error) {
        failures.push({ label: undo.label, error });
      }
    }
    return failures;
  }

  #register(undo: Undo): void {
    if (this.#closed) throw new Error(`scope is closed; too late to register "${undo.label}"`);
    this.#undos.push(undo);
  }
}

/** The error of a body whose clean-up failed too, or of a clean-up that failed alone. */
export class CleanupError extends LabError {
  readonly failures: readonly CleanupFailure[];

  constructor(failures: readonly CleanupFailure[]) {
    const list = failures.map(({ label, error }) => `${label}: ${messageOf(error)}`).join("; ");
    super(`clean-up failed: ${list}`, { fix: "npm run lab -- down --stale" });
    this.failures = failures;
  }
}

/**
 * Runs `body` with a fresh scope and closes it whatever happens. The body's error always wins; clean-up failures are
 * attached to it as `cleanupFailures`. A clean-up that fails after a good body is an error of its own.
 */
export async function withScope<T>(body: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = new Scope();
  let result: T;
  try {
    result = await body(scope);
  } catch (error) {
    attachCleanupFailures(error, await scope.close());
    throw error;
  }
  const failures = await scope.close();
  if (failures.length > 0) throw new CleanupError(failures);
  return result;
}

/** Clean-up failures attached to an error by `withScope`. */
export function cleanupFailuresOf(error: unknown): readonly CleanupFailure[] {
  if (error instanceof CleanupError) return error.failures;
  return error instanceof Error ? (attached.get(error) ?? []) : [];
}

const attached = new WeakMap<Error, readonly CleanupFailure[]>();

function attachCleanupFailures(error: unknown, failures: readonly CleanupFailure[]): void {
  if (!(error instanceof Error) || failures.length === 0) return;
  attached.set(error, [...(attached.get(error) ?? []), ...failures]);
}

async function withTimeout(undo: Undo): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new HarnessError(`not done after ${undo.timeoutMs / 1000} s`, 3));
    }, undo.timeoutMs);
  });
  try {
    await Promise.race([undo.run(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
