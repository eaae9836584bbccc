/** Letters of a word that is taken for a part of what was meant: fewer are in too many. */
const partLength = 4;

/**
 * The candidate that a mistyped word most likely means: one of which at most a third differs, or else the shortest that the word is a part of;
 * undefined when there is none.
 */
function closestName(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best !== undefined && best.distance <= Math.max(1, Math.ceil(word.length / 3))) return best.name;
  const [longer] = candidates
    .filter((name) => word.length >= partLength && name.toLowerCase().includes(word.toLowerCase()))
    .toSorted((a, b) => a.length - b.length);
  return longer;
}

/** " (did you mean two-racks?)", or nothing when no candidate is near; to be put behind a message. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const best = closestName(word, candidates);
  return best === undefined ? "" : ` (did you mean ${best}?)`;
}

/** Levenshtein: how many insertions, deletions and replacements turn one word into the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
