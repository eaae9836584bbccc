import type { PlannedNode } from "../topology/plan.ts";

/** Source and target node of a path; both may be the same node. */
export type NodePair = readonly [PlannedNode, PlannedNode];

/** Whether a path can run between the two, which depends on the pods that they carry. */
export type CanPair = (source: PlannedNode, target: PlannedNode) => boolean;

/** Every ordered pair that can be, each node with itself included. */
export function allPairs(nodes: readonly PlannedNode[], can: CanPair): readonly NodePair[] {
  return nodes.flatMap((source) =>
    nodes.filter((target) => can(source, target)).map((target): NodePair => [source, target]),
  );
}

/**
 * A set that grows with the number of nodes and not with its square: every node with itself, every node once as source
 * and once as target (a ring), and every ordered pair of segments.
 */
export function coveringPairs(nodes: readonly PlannedNode[], can: CanPair): readonly NodePair[] {
  const ends = nodes.filter((node) => nodes.some((other) => other !== node && can(node, other)));
  const ring = ends.map((node, index): NodePair => [node, ends[(index + 1) % ends.length] ?? node]);
  const loops = nodes.map((node): NodePair => [node, node]);
  const pairs = [...loops, ...ring, ...onePairPerClass(nodes, 0, can)];
  return withoutRepeats(pairs.filter(([source, target]) => can(source, target)));
}

/**
 * One pair for every locality and ordered pair of segments that exists: same node and same subnet per segment, and each
 * segment to each other one. `turn` chooses other nodes of the segments for other traffic; with `step` 1 each class of a segment begins
 * with another of its nodes.
 */
export function onePairPerClass(
  nodes: readonly PlannedNode[],
  turn: number,
  can: CanPair,
  step: 0 | 1 = 0,
): readonly NodePair[] {
  const segments = [...new Set(nodes.map((node) => node.uplink.segment))];
  return segments.flatMap((from) =>
    segments.flatMap((to, index) => {
      const targets = turned(onSegment(nodes, to), turn + 1);
      const pairsOf = (turns: number): readonly NodePair[] =>
        turned(onSegment(nodes, from), turns)
          .flatMap((source) => targets.map((target): NodePair => [source, target]))
          .filter(([source, target]) => can(source, target));
      const alone = pairsOf(turn).find(([source, target]) => source === target);
      const apart = pairsOf(turn + step * (index + 1)).find(([source, target]) => source !== target);
      return [alone, apart].filter((pair) => pair !== undefined);
    }),
  );
}

/** The same with every node as a source, for what each node does by itself: it translates ClusterIPs for its own pods. */
export function everySource(nodes: readonly PlannedNode[], turn: number, can: CanPair): readonly NodePair[] {
  const classes = onePairPerClass(nodes, turn, can, 1);
  const sources = new Set(classes.map(([source]) => source));
  const more = nodes.flatMap((source, index): readonly NodePair[] => {
    if (sources.has(source)) return [];
    const target = turned(nodes, index + 1).find((other) => other !== source && can(source, other));
    return target === undefined ? [] : [[source, target]];
  });
  return [...classes, ...more];
}

function onSegment(nodes: readonly PlannedNode[], segment: string): readonly PlannedNode[] {
  return nodes.filter((node) => node.uplink.segment === segment);
}

function turned<T>(list: readonly T[], turn: number): readonly T[] {
  const start = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

function withoutRepeats(pairs: readonly NodePair[]): readonly NodePair[] {
  const byName = new Map(pairs.map((pair) => [pair.map(({ name }) => name).join(" "), pair]));
  return [...byName.values()];
}
