import { basename } from "node:path";
import { UsageError } from "../core/errors.ts";

/** What a bisection asks: between which two neighbors of a list a check changes its answer. */
export interface Question {
  /** In order, the good and the bad end included; every word is taken as it was typed. */
  readonly candidates: readonly string[];
  readonly good: string;
  readonly bad: string;
}

/** What was typed: the two ends, and what lies between them. */
interface Typed {
  readonly good: string;
  readonly bad: string;
  readonly between: readonly string[];
}

/**
 * Puts the ends where they belong: an end that the list does not hold comes before its first, or behind its last. The good end may
 * be the later one: then the bisection finds what mended it. UsageError where an end is named twice or both are one.
 */
export function askBetween({ good, bad, between }: Typed): Question {
  const twice = between.find((word, index) => between.indexOf(word) !== index);
  if (twice !== undefined)
    throw new UsageError(`${twice} is listed twice`, { fix: "list each candidate once, in order" });
  const [goodEnd, badEnd] = [inList(good, between), inList(bad, between)];
  if (goodEnd === badEnd) throw new UsageError(`--good and --bad are both ${good}`, { fix: "name two different ones" });
  const candidates = withEnd(withEnd(between, goodEnd, badEnd), badEnd, goodEnd);
  return { candidates, good: goodEnd, bad: badEnd };
}

function withEnd(list: readonly string[], end: string, other: string): readonly string[] {
  if (list.includes(end)) return list;
  return list[0] === other ? [...list, end] : [end, ...list];
}

/** What a candidate is called: the name of its file or folder, a kernel by its release. */
export function candidateName(word: string): string {
  return basename(word).replace(/\.(tar(\.\w+)?|deb)$/, "");
}

/** The word of the list that is meant; a name that no other has will do. */
function inList(word: string, list: readonly string[]): string {
  if (list.includes(word)) return word;
  const named = list.filter((one) => candidateName(one) === word);
  if (named.length > 1) {
    throw new UsageError(`${word} may be ${named.join(" or ")}`, { fix: "write it as in the list" });
  }
  return named[0] ?? word;
}
