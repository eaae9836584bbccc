import type { DropFact } from "../dataplane/node-facts.ts";
import type { Incident } from "./cause.ts";
import { factsOf } from "./counters.ts";
import { filterInWords } from "./filter-words.ts";

/** A rule that ends packets. */
export interface Guilty {
  readonly drop: DropFact;
  /** Packets that it ended during the probes; missing where it does not count. */
  readonly grown?: number;
}

/** Rules of a node or router that dropped packets while probes ran, those that count most first, and behind them those that do not count. */
export function dropsOn({ network: { facts, before } }: Incident, place: string): readonly Guilty[] {
  const dropsIn = (of: typeof facts | undefined): readonly DropFact[] =>
    (of === undefined ? undefined : factsOf(of, place))?.drops ?? [];
  const keyOf = ({ where, rule }: DropFact): string => `${where} ${rule}`;
  const earlier = new Map(dropsIn(before).map((drop) => [keyOf(drop), drop.packets ?? 0]));
  const now = dropsIn(facts);
  const counted = now.flatMap((drop): readonly Guilty[] => {
    const grown = (drop.packets ?? 0) - (earlier.get(keyOf(drop)) ?? 0);
    return drop.packets === undefined || grown <= 0 ? [] : [{ drop, grown }];
  });
  const silent = now.filter(({ packets }) => packets === undefined);
  // A chain without hook may be one that nobody jumps to.
  const based = silent.toSorted((a, b) => Number(b.hook !== undefined) - Number(a.hook !== undefined));
  return [...counted.toSorted((a, b) => (b.grown ?? 0) - (a.grown ?? 0)), ...based.map((drop) => ({ drop }))];
}

/** "table ip fw chain f: ct state invalid drop (34 packets during the probes)" */
export function dropInWords({ drop, grown }: Guilty): string {
  return `${filterInWords(drop)}${grown === undefined ? "" : ` (${grown} packets during the probes)`}`;
}

/** Whether a rule decides by the state of the connection: it must see both directions. */
export function isStateful({ drop: { rule } }: Guilty): boolean {
  return /\bct state\b|--ctstate|--state\b|\binvalid\b/i.test(rule);
}
