import { systemClock } from "../../core/clock.ts";
import type { Convergence } from "../dataplane.ts";

/** Times since the start of an installation or switch, step by step. */
export class Stopwatch {
  readonly steps: { step: string; atMs: number }[] = [];
  readonly #startedAt = systemClock.now();

  reached(step: string): void {
    this.steps.push({ step, atMs: this.elapsed() });
  }

  elapsed(): number {
    return Math.round((systemClock.now() - this.#startedAt) * 10) / 10;
  }

  convergence(): Convergence {
    return { totalMs: this.elapsed(), steps: this.steps };
  }
}
