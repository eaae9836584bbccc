import type { Path } from "../encap/path.ts";
import { listOf } from "../verify/words.ts";

/** What some paths have in common and not all others have: "all start at a1, are cross-subnet"; "" where there is nothing. */
export function sharedBy(some: readonly Path[], all: readonly Path[]): string {
  const others = all.filter(({ id }) => !some.some((path) => path.id === id));
  if (some.length < 2 || others.length === 0) return "";
  const shared = properties.flatMap(({ of, word }) => {
    const values = [...new Set(some.map(of))];
    const [value] = values;
    const tells = values.length === 1 && others.some((path) => of(path) !== value);
    return value === undefined || !tells ? [] : [word(value)];
  });
  const ends = sharedEnds(some, others);
  const words = [...(ends === undefined ? [] : [ends]), ...shared];
  return words.length === 0 ? "" : `all ${listOf(words)}`;
}

interface Property {
  readonly of: (path: Path) => string | undefined;
  readonly word: (value: string) => string;
}

const properties: readonly Property[] = [
  { of: ({ source }) => source.node, word: (node) => `start at ${node}` },
  { of: ({ target }) => target.node, word: (node) => `lead to ${node}` },
  { of: ({ source }) => source.pod, word: (pod) => `start at pod ${pod}` },
  { of: ({ target }) => target.pod, word: (pod) => `lead to pod ${pod}` },
  { of: ({ locality }) => locality, word: (locality) => `are ${locality}` },
  { of: ({ traffic }) => traffic, word: (traffic) => `are ${traffic}` },
  { of: ({ family }) => String(family), word: (family) => `are IPv${family}` },
];

/** A node that is at one end of each, now the source and now the target. */
function sharedEnds(some: readonly Path[], others: readonly Path[]): string | undefined {
  const ends = ({ source, target }: Path): readonly string[] => [source.node, target.node];
  const [first] = some;
  if (first === undefined) return undefined;
  const fixed =
    new Set(some.map(({ source }) => source.node)).size === 1 ||
    new Set(some.map(({ target }) => target.node)).size === 1;
  const common = ends(first).filter((node) => some.every((path) => ends(path).includes(node)));
  const tells = common.filter((node) => others.some((path) => !ends(path).includes(node)));
  return fixed || tells.length === 0 ? undefined : `have ${listOf(tells)} at one end`;
}
