import { systemClock, type Clock } from "./clock.ts";
import { LabError } from "./errors.ts";

/** One look at something awaited: done with a value, or not yet, with what was seen instead. */
export type Look<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly seen: string };

export interface PollOptions {
  /** Completes "waiting for …" in the error. */
  readonly what: string;
  readonly timeoutMs: number;
  /** First pause; grows by half each time up to ten times itself. */
  readonly intervalMs?: number;
  readonly where?: string;
  readonly fix?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Looks until done; on time-out throws a LabError that tells what was seen last. */
export async function poll<T>(look: () => Promise<Look<T>>, options: PollOptions): Promise<T> {
  const clock = options.clock ?? systemClock;
  const start = clock.now();
  const first = options.intervalMs ?? 10;
  for (let pause = first; ; pause = Math.min(pause * 1.5, first * 10)) {
    options.signal?.throwIfAborted();
    const result = await look();
    if (result.done) return result.value;
    if (clock.now() - start >= options.timeoutMs) throw timedOut(options, result.seen);
    await clock.sleep(pause);
  }
}

function timedOut(options: PollOptions, seen: string): LabError {
  const { what, timeoutMs, where, fix } = options;
  return new LabError(`waited ${timeoutMs / 1000} s for ${what}; last seen: ${seen}`, {
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
  });
}
