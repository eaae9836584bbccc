import { groupBy } from "../core/group-by.ts";
import type { Path } from "../encap/path.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { tokenSource, type TokenSource } from "../probe/token.ts";
import type { Stream, StreamKind } from "./stream.ts";

/**
 * Chooses the streams that watch a change, each with a token of its own: one path of every class, and between pods as many as it takes for every
 * node to be an end of one within its subnet and of one across. Pure and deterministic.
 */
export function planStreams(expectations: readonly PathExpectation[], seed: string): readonly Stream[] {
  const tokens = tokenSource(seed);
  const askable = expectations.filter(({ skip }) => skip === undefined);
  const chosen = [...groupBy(askable, ({ path }) => classOf(path)).values()].flatMap((own) => coverNodes(own));
  const wanted = chosen.flatMap(({ expectation, isFirst }) =>
    kindsFor(expectation.path, isFirst).map((kind) => ({ expectation, kind })),
  );
  return wanted.map(({ expectation, kind }, index) => ({
    path: expectation.path,
    kind,
    dials: expectation.dials,
    ...tokenFor(kind, tokens, index),
  }));
}

interface Chosen {
  readonly expectation: PathExpectation;
  /** The one of its class that carries every kind of traffic. */
  readonly isFirst: boolean;
}

function classOf({ traffic, locality, family }: Path): string {
  return `${traffic} ${locality} ${family}`;
}

/** Pairs until every node that can be an end is one; of other traffic than pods', and on one node, the first alone. */
function coverNodes(expectations: readonly PathExpectation[]): readonly Chosen[] {
  const covered = new Set<string>();
  const chosen: Chosen[] = [];
  for (const expectation of expectations) {
    const { traffic, locality, source, target } = expectation.path;
    const isPair = traffic === "pod-to-pod" && locality !== "same-node";
    const isNew = !covered.has(source.node) && !covered.has(target.node);
    if (chosen.length > 0 && !(isPair && isNew)) continue;
    chosen.push({ expectation, isFirst: chosen.length === 0 });
    covered.add(source.node).add(target.node);
  }
  return [...chosen, ...leftOver(expectations, covered)];
}

/** Nodes that no pair of uncovered ones had room for: with an odd number of nodes, the last. */
function leftOver(expectations: readonly PathExpectation[], covered: Set<string>): readonly Chosen[] {
  const left: Chosen[] = [];
  for (const expectation of expectations) {
    const { traffic, locality, source } = expectation.path;
    if (traffic !== "pod-to-pod" || locality === "same-node" || covered.has(source.node)) continue;
    covered.add(source.node);
    left.push({ expectation, isFirst: false });
  }
  return left;
}

function kindsFor({ traffic }: Path, isFirst: boolean): readonly StreamKind[] {
  switch (traffic) {
    case "pod-to-pod":
      return isFirst ? ["ping", "udp", "tcp"] : ["ping"];
    case "host-to-pod":
    case "pod-to-host":
    case "pod-to-external":
      return ["ping"];
    // A ClusterIP exists in rules for TCP and UDP alone.
    case "pod-to-clusterip":
    case "host-to-clusterip":
      return ["udp", "connections"];
    // What a change does to them is what it does to the ways between nodes.
    case "pod-to-host-service":
    case "pod-to-service":
    case "external-to-nodeport":
    case "external-to-nodeport-local":
    case "nodeport-to-pod":
    case "external-to-loadbalancer":
    case "external-to-loadbalancer-local":
    case "loadbalancer-to-pod":
      return [];
  }
}

function tokenFor(kind: StreamKind, tokens: TokenSource, index: number): Pick<Stream, "pattern" | "clientPort"> {
  if (kind === "tcp") return { clientPort: tokens.clientPort(index) };
  return kind === "connections" ? {} : { pattern: tokens.pattern(index) };
}
