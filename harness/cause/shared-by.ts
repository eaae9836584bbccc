import type { Endpoint, Path } from "../encap/path.ts";
import type { Plan } from "../topology/plan.ts";
import { listOf } from "../verify/words.ts";

/** What some paths have in common and not all others have: "all start at a1, are cross-subnet"; "" where there is nothing. */
export function sharedBy(some: readonly Path[], all: readonly Path[], { nodes }: Pick<Plan, "nodes">): string {
  const chosen = new Set(some.map(({ id }) => id));
  const others = all.filter(({ id }) => !chosen.has(id));
  if (some.length < 2 || others.length === 0) return "";
  const racks = new Map(nodes.map(({ name, uplink }) => [name, uplink.segment]));
  const tells = (of: Of): string | undefined => {
    const values = [...new Set(some.map(of))];
    const [value] = values;
    return values.length === 1 && others.some((path) => of(path) !== value) ? value : undefined;
  };
  const kinds: readonly (readonly [string, Of])[] = [
    ["are", ({ locality }) => locality],
    ["are", ({ traffic }) => traffic],
    ["are", ({ family }) => `IPv${family}`],
  ];
  const shared = kinds.flatMap(([verb, of]) => {
    const value = tells(of);
    return value === undefined ? [] : [`${verb} ${value}`];
  });
  const single = [
    ...end("start at", ({ source }) => source, tells),
    ...end("lead to", ({ target }) => target, tells),
    ...oneEnd(some, others, ({ source, target }) => [source.node, target.node]),
  ];
  const rackOf = ({ node }: Endpoint): string => racks.get(node) ?? "";
  const wide = [
    ...inRack("start in", ({ source }) => rackOf(source), tells),
    ...inRack("lead into", ({ target }) => rackOf(target), tells),
    ...oneEnd(some, others, ({ source, target }) => [rackOf(source), rackOf(target)]),
  ];
  const words = [...(single.length > 0 ? single : wide), ...shared];
  return words.length === 0 ? "" : `all ${listOf(words)}`;
}

type Of = (path: Path) => string | undefined;

/** The pod, or else the node, of one end. */
function end(verb: string, of: (path: Path) => Endpoint, tells: (of: Of) => string | undefined): readonly string[] {
  const pod = tells((path) => of(path).pod);
  const node = tells((path) => of(path).node);
  if (pod !== undefined) return [`${verb} pod ${pod}`];
  return node === undefined ? [] : [`${verb} ${node}`];
}

function inRack(verb: string, of: Of, tells: (of: Of) => string | undefined): readonly string[] {
  const rack = tells(of);
  return rack === undefined ? [] : [`${verb} ${rack}`];
}

/** A node, or a rack, that is at one end of each, now the source and now the target. */
function oneEnd(
  some: readonly Path[],
  others: readonly Path[],
  namesOf: (path: Path) => readonly string[],
): readonly string[] {
  const [sources, targets] = [0, 1].map((place) => new Set(some.map((path) => namesOf(path)[place])).size);
  if (sources === 1 || targets === 1) return [];
  const named = [...new Set(some.flatMap(namesOf))];
  const common = named.filter((name) => some.every((path) => namesOf(path).includes(name)));
  const telling = common.filter((name) => others.some((path) => !namesOf(path).includes(name)));
  if (telling.length === 2) return [`lead between ${listOf(telling)}`];
  return telling.length === 0 ? [] : [`have ${listOf(telling)} at one end`];
}
