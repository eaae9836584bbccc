import type { PathRecord } from "../run/record.ts";

type Block = PathRecord["evidence"][number];

/** Evidence under one heading. */
export interface EvidenceGroup {
  readonly title: string;
  readonly kind: Kind;
  readonly blocks: readonly Block[];
}

/** The evidence of a path in the few groups that people look for, instead of dozens of small blocks. */
export function evidenceGroups(path: PathRecord): readonly EvidenceGroup[] {
  const groups = kinds.map(({ title, kind }) => ({
    title,
    kind,
    blocks: path.evidence.filter((one) => kindOf(one) === kind),
  }));
  return groups.filter(({ blocks }) => blocks.length > 0);
}

/** The blocks that explain a wrong path at first sight: the source's routes, and the first packet at a wrong hop of each direction. */
export function tellingBlocks(path: PathRecord): readonly Block[] {
  const { source } = path.expectation.path;
  const routes = path.evidence.filter((one) => routesOf.test(one.title) && mentions(one.title, source.node));
  const wrong = (["forward", "reverse"] as const).flatMap((direction) =>
    path.hops.filter((hop) => hop.direction === direction && !hop.ok).slice(0, 1),
  );
  const packets = wrong.flatMap(({ direction, node, device }) =>
    path.evidence
      .filter(
        (one) =>
          kindOf(one) === "packets" && mentions(one.title, direction) && mentions(one.title, `${node}/${device}`),
      )
      .slice(0, 1),
  );
  return [...packets, ...routes];
}

/** What evidence tells of: packets, the kernel's state, or anything else. */
type Kind = "packets" | "state" | "other";

const kinds: readonly { readonly title: string; readonly kind: Kind }[] = [
  { title: "first packets at each tap", kind: "packets" },
  { title: "routes, devices, FDB", kind: "state" },
  { title: "what the probes said", kind: "other" },
];

const routesOf = /\broutes?\b/;

/** Titles are for people, and so are these groups: one that is not recognized is still shown, under the last heading. */
function kindOf({ title }: Block): Kind {
  if (/\bfirst\b/.test(title)) return "packets";
  return routesOf.test(title) || /\b(?:link|fdb|neigh|addr)\b/.test(title) ? "state" : "other";
}

function mentions(title: string, word: string): boolean {
  return title.split(/[\s,:()]+/).includes(word);
}
