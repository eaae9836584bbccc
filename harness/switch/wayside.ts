import type { Place } from "./place.ts";

/** Packets that showed where, or in a form in which, neither mode has them. */
export interface Stray {
  readonly tap: string;
  /** Place in `wireForms`. */
  readonly form: number;
  readonly packets: number;
  /** Epoch seconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Counts, tap by tap, the packets of one direction that are in a form of neither mode, and those that go a way of neither. */
export class Wayside {
  readonly #leaks = new Map<string, Stray>();
  readonly #detours = new Map<string, Stray>();

  /** In a form of neither mode. */
  get leaks(): readonly Stray[] {
    return [...this.#leaks.values()];
  }

  /** In a form of one of the modes, by a way of neither. */
  get detours(): readonly Stray[] {
    return [...this.#detours.values()];
  }

  note({ allowed, offTheWay, tap }: Pick<Place, "allowed" | "offTheWay" | "tap">, at: number, form: number): void {
    if (!allowed.has(form)) count(this.#leaks, tap, at, form);
    else if (offTheWay) count(this.#detours, tap, at, form);
  }
}

function count(strays: Map<string, Stray>, tap: string, at: number, form: number): void {
  const key = `${tap} ${form}`;
  const known = strays.get(key);
  strays.set(key, {
    tap,
    form,
    packets: (known?.packets ?? 0) + 1,
    firstAt: Math.min(known?.firstAt ?? at, at),
    lastAt: Math.max(known?.lastAt ?? at, at),
  });
}
