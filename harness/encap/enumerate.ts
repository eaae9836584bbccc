import { createHash } from "node:crypto";
import { matchesGlob } from "../core/glob.ts";
import { onceFor } from "../core/once-for.ts";
import { UsageError } from "../core/errors.ts";
import { poolOfPod } from "../topology/pool-of.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import { allPairs, coveringPairs, everySource, onePairPerClass, type NodePair } from "./node-pairs.ts";
import { localityOf } from "./locality-of.ts";
import type { Mode } from "./mode.ts";
import { goesToBalancer, isRequest, policyOf, requestPath, requestsOf, secondLegOf } from "./nodeport-paths.ts";
import { toBalancers, toNodePorts, toOutside } from "./outside-pairs.ts";
import { isSecondLeg, traffics, type Path, type Traffic } from "./path.ts";
import { sharedPaths } from "./shared-paths.ts";

/** The words of `--profile`. */
export const profiles = ["quick", "full", "signoff"] as const;
/** How many paths are asked: a covering set for everyday use, or every pair of nodes. */
export type Profile = (typeof profiles)[number];

/** Labs up to this many nodes get every pair of pods also in the quick profile; n² grows too fast beyond. */
const allPairsUpTo = 6;

/**
 * The paths that a mode is asked about, in the order of traffic, family and nodes. Ids name nodes; which of a node's pods speak is a
 * matter of the turn: each node's paths take its pods one after the other, so that all of them speak where there are paths enough, and
 * another turn makes other pairs. Without a turn the first pods speak. Where pools name pods, the same speak in every run, and a node is
 * asked for a pod of each pool: for those after the first pool the id names the pod (`a1->b1-p2`).
 */
export function enumeratePaths(plan: Plan, mode: Mode, profile: Profile, asked?: number): Path[] {
  const byPool = plan.topology.pools.some(({ pods }) => pods !== undefined);
  return traffics.flatMap((traffic) => {
    if (traffic === "pod-to-service") return sharedPaths(plan, mode, profile !== "quick");
    return pairsFor(plan, traffic, profile).flatMap((pair) =>
      plan.families.flatMap((family) => {
        if (isRequest(traffic)) return requestPath(plan, mode, traffic, family, pair, localityOf(...pair));
        if (isSecondLeg(traffic)) {
          const requests = requestPath(plan, mode, requestsOf(traffic), family, pair, localityOf(...pair));
          return requests.flatMap((request) => secondLegOf(request) ?? []);
        }
        const turned = turnedPair(plan, traffic, pair, byPool ? 0 : asked);
        if (!byPool || traffic !== "pod-to-pod" || pair[0] === pair[1])
          return pathOf(plan, mode, traffic, family, turned);
        return podsByPool(plan, pair[1], family).flatMap((place, index) => {
          const targetName = index === 0 ? undefined : pair[1].pods[place];
          const to = {
            pair,
            turns: [turned.turns[0], place],
            ...(targetName === undefined ? {} : { targetName }),
          } as const;
          return pathOf(plan, mode, traffic, family, to);
        });
      }),
    );
  });
}

/** Places among a node's pods of the first one of each pool. */
function podsByPool({ topology }: Plan, { name, pods }: PlannedNode, family: Family): readonly number[] {
  const pools = pods.map((pod) => poolOfPod(topology, name, pod, family));
  return pools.flatMap((pool, place) => (pools.indexOf(pool) === place ? [place] : []));
}

/** Two nodes, and how far the choice among the pods of each is turned. */
interface TurnedPair {
  readonly pair: NodePair;
  readonly turns: readonly [source: number, target: number];
  /** What the target is called where not by its node. */
  readonly targetName?: string;
}

function turnedPair({ nodes }: Plan, traffic: Traffic, pair: NodePair, turn?: number): TurnedPair {
  if (turn === undefined) return { pair, turns: [0, 0] };
  const [source, target] = pair.map((node) => nodes.indexOf(node));
  const more = turn + traffics.indexOf(traffic);
  // Two turns that do not go together, or a pod would meet the same pod of another node every time.
  return { pair, turns: [more + (target ?? 0), Math.floor(more / 2) + (source ?? 0)] };
}

/**
 * The paths whose id matches one of the patterns: a part of the id, or a glob with `*`, anywhere behind the mode; the mode
 * counts only for patterns that begin with one (`cross-subnet` shall not match all of `vxlan-cross-subnet`). A `!` in front
 * takes out what matches. No pattern selects all. UsageError where nothing is left.
 */
export function selectPaths(paths: readonly Path[], patterns: readonly string[]): Path[] {
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!")).map(matcher);
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => matcher(pattern.slice(1)));
  const left = paths.filter(
    ({ id }) => (wanted.length === 0 || wanted.some((match) => match(id))) && !unwanted.some((match) => match(id)),
  );
  if (left.length > 0 || patterns.length === 0) return left;
  throw new UsageError(`--paths ${patterns.join(",")} matches none of the ${paths.length} paths`, {
    ...(paths[0] === undefined ? {} : { tail: `the first of them is ${paths[0].id}` }),
    fix: "`npm run lab -- list` with the same options prints all ids; quote patterns, or the shell reads * ! and >",
  });
}

/** One share of a run: the `index`th (from 1) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `i/n`, 1 ≤ i ≤ n; anything else is a UsageError. */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new UsageError(`--shard ${text} is not a valid shard`, {
    fix: "write i/n with 1 ≤ i ≤ n, for example 1/3, 2/3, 3/3",
  });
}

/**
 * The paths of one share (`i/n`; undefined = all). A path's share depends on its id and n alone (SHA-1), so that adding
 * paths moves no others; a share may be empty.
 */
export function shardPaths(paths: readonly Path[], shard: string | undefined): Path[] {
  if (shard === undefined) return [...paths];
  const { index, count } = parseShard(shard);
  return paths.filter(({ id }) => createHash("sha1").update(id).digest().readUInt32BE(0) % count === index - 1);
}

function pairsFor(plan: Plan, traffic: Traffic, profile: Profile): readonly NodePair[] {
  if (traffic === "pod-to-external") return toOutside(plan, profile !== "quick");
  const request = isSecondLeg(traffic) ? requestsOf(traffic) : traffic;
  if (goesToBalancer(request)) return toBalancers(plan, policyOf(request), profile !== "quick");
  if (isRequest(request)) return toNodePorts(plan, profile !== "quick");
  const services = serviceOf(plan.allocation);
  const can = (source: PlannedNode, target: PlannedNode): boolean =>
    endpointsOf(traffic, source, target) !== undefined &&
    (traffic !== "pod-to-host-service" || services.has(target.name));
  if (profile !== "quick") return allPairs(plan.nodes, can);
  if (traffic === "pod-to-clusterip" || traffic === "pod-to-host-service")
    return everySource(plan.nodes, traffics.indexOf(traffic), can);
  if (traffic !== "pod-to-pod") return onePairPerClass(plan.nodes, traffics.indexOf(traffic), can);
  return plan.nodes.length <= allPairsUpTo ? allPairs(plan.nodes, can) : coveringPairs(plan.nodes, can);
}

function pathOf(plan: Plan, mode: Mode, traffic: Traffic, family: Family, turned: TurnedPair): Path[] {
  const { pair, turns, ...named } = turned;
  const [source, target] = pair;
  const endpoints = endpointsOf(traffic, source, target, turns);
  const byService = throughService(traffic);
  const service = endpoints && serviceOf(plan.allocation).get(endpoints.target.pod ?? endpoints.target.node);
  if (endpoints === undefined || (byService && service === undefined)) return [];
  const locality = localityOf(source, target);
  const id = `${mode.id}/${traffic}/${locality}/v${family}/${source.name}->${named.targetName ?? target.name}`;
  const path: Path = { id, mode: mode.id, traffic, locality, family, ...endpoints, ...named };
  return [byService && service !== undefined ? { ...path, service } : path];
}

/** Whether traffic goes to a ClusterIP, whatever is behind it. */
function throughService(traffic: Traffic): boolean {
  return traffic === "pod-to-clusterip" || traffic === "host-to-clusterip" || traffic === "pod-to-host-service";
}

/** Names of services by the pod, or node, behind each. */
const serviceOf = onceFor(
  ({ services }: Plan["allocation"]) => new Map(services.map(({ backend, service }) => [backend, service])),
);

/** Source and target of a path between two nodes; undefined where they lack the pods. */
function endpointsOf(
  traffic: Traffic,
  source: PlannedNode,
  target: PlannedNode,
  [sourceTurn, targetTurn]: TurnedPair["turns"] = [0, 0],
): Pick<Path, "source" | "target"> | undefined {
  const fromHost = traffic === "host-to-pod" || traffic === "host-to-clusterip";
  const toHost = traffic === "pod-to-host" || traffic === "pod-to-host-service" || traffic === "pod-to-external";
  const sourcePod = podAt(source, sourceTurn);
  // A pod cannot be both ends of a path: between pods of one node the next one answers.
  const isOwn = source === target && !fromHost;
  const targetPod = isOwn && target.pods.length < 2 ? undefined : podAt(target, isOwn ? sourceTurn + 1 : targetTurn);
  const from = fromHost ? { node: source.name } : sourcePod && { node: source.name, pod: sourcePod };
  const to = toHost ? { node: target.name } : targetPod && { node: target.name, pod: targetPod };
  return from === undefined || to === undefined || from === "" || to === "" ? undefined : { source: from, target: to };
}

function podAt({ pods }: PlannedNode, turn: number): string | undefined {
  return pods[turn % Math.max(1, pods.length)];
}

/** Patterns speak of what stands behind the mode, unless they begin with one. */
function matcher(pattern: string): (id: string) => boolean {
  const namesMode = /^(none|ipip|vxlan)\b/i.test(pattern);
  const [start = ""] = pattern.toLowerCase().split("*");
  return (id) => {
    if (namesMode && !id.toLowerCase().startsWith(start)) return false;
    return matchesGlob(pattern, namesMode ? id : id.slice(id.indexOf("/") + 1));
  };
}
