import { UsageError } from "../core/errors.ts";

/** What a change may cost the traffic; missing limits are not judged. */
export interface Budget {
  /** Milliseconds for which nothing may arrive that was sent. */
  readonly maxGapMs?: number;
  /** Share of the packets of a direction that may be lost: 0.01 is 1 %. */
  readonly maxLoss?: number;
  /** Packets may be in a form that is neither the old nor the new. */
  readonly leaksAllowed: boolean;
}

const units: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
]);

/** "2s", "50ms" or "1m" in milliseconds; anything else is a UsageError. */
export function parseGap(text: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const factor = units.get(unit);
  if (amount === undefined || factor === undefined) {
    throw new UsageError(`--max-gap ${text} is not a valid time`, { fix: "write 50ms, 2s or 1m" });
  }
  return Number(amount) * factor;
}

/** "1%" as 0.01; anything else is a UsageError. */
export function parseLoss(text: string): number {
  const [, amount] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) > 100) {
    throw new UsageError(`--max-loss ${text} is not a valid percentage`, { fix: "write 1% or 0.5%" });
  }
  return Number(amount) / 100;
}
