import { longName, type AllGiven } from "../core/flags.ts";
import { shellQuote } from "../exec/quote.ts";
import type { ProviderOffer } from "../provider/offer.ts";

/**
 * The options, with a space before, by which labs of these providers are found again: those of nodes that exist apart from this machine.
 * "" where a lab is found without. Pure.
 */
export function reachWords(offers: readonly Pick<ProviderOffer, "needs" | "reachedBy">[], given: AllGiven): string {
  const keys = new Set(offers.flatMap(({ needs, reachedBy = [] }) => (needs === undefined ? [] : reachedBy)));
  const words = [...keys].flatMap((key) => {
    const value = given[key];
    if (value === true) return [longName(key)];
    const words = Array.isArray(value) ? value.join(",") : value;
    return typeof words === "string" ? [longName(key), shellQuote([words])] : [];
  });
  return words.map((word) => ` ${word}`).join("");
}
