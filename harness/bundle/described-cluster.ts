import { UsageError } from "../core/errors.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { ClusterPool } from "../kubernetes/ip-pools.ts";
import type { ClusterNode } from "../kubernetes/node-object.ts";
import { contains, familyOf } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";
import { holdsObjects, nodePartOf, type Bundle } from "./bundle.ts";
import { readObjects, type FelixSettings } from "./cluster-objects.ts";
import { readFacts, type NodeFiles } from "./read-facts.ts";

/** A cluster as its bundle tells of it. */
export interface DescribedCluster {
  readonly name: string;
  /** Those that Calico has registered. */
  readonly nodes: readonly ClusterNode[];
  /** Nodes without any registered address: Calico has not started there. */
  readonly unregistered: readonly string[];
  readonly pools: readonly ClusterPool[];
  readonly blocks: readonly { readonly cidr: string; readonly node: string }[];
  /** Whether the blocks come from IPAM, and not from the nodes' own routes. */
  readonly blocksKnown: boolean;
  readonly felix: FelixSettings;
  readonly mesh: boolean;
  /** Kernel state of the nodes that have files. */
  readonly facts: readonly NodeFacts[];
  readonly notes: readonly string[];
}

/** Makes sense of a bundle's files. UsageError where it lacks what every expectation begins with: nodes and pools. */
export function describeCluster(bundle: Bundle): DescribedCluster {
  const objectFiles = [...bundle.files].filter(([path]) => holdsObjects(nameOf(path)));
  const objects = readObjects(new Map(objectFiles));
  const notes = [...bundle.notes, ...objects.notes];
  require(objects.nodes, bundle.name, notes, "Node", "kubectl get nodes -o yaml > nodes.yaml");
  require(objects.pools, bundle.name, notes, "IPPool", "kubectl get ippools.crd.projectcalico.org -o yaml > ippools.yaml");
  const registered = objects.nodes.filter((node) => Object.keys(node.registered).length > 0);
  const families = ([4, 6] as const).filter((family) =>
    registered.some((node) => node.registered[family] !== undefined),
  );
  const files = filesByNode(bundle, new Set(objects.nodes.map(({ name }) => name)));
  const facts = objects.nodes.flatMap(({ name }) => {
    const own = files.get(name);
    return own === undefined ? [] : [readFacts(name, own, families)];
  });
  const known = objects.blocks.length > 0;
  return {
    name: bundle.name,
    nodes: registered,
    unregistered: objects.nodes.filter((node) => !registered.includes(node)).map(({ name }) => name),
    pools: objects.pools,
    blocksKnown: known,
    blocks: known ? objects.blocks : facts.flatMap((node) => ownBlocks(node, objects.pools)),
    felix: objects.felix,
    mesh: objects.mesh,
    facts: facts.filter(({ node }) => registered.some(({ name }) => name === node)),
    notes: [
      ...notes,
      ...(known ? [] : ["no BlockAffinity in the bundle: each node's blocks are taken from its own blackhole routes"]),
    ],
  };
}

function require(
  found: readonly unknown[],
  name: string,
  notes: readonly string[],
  kind: string,
  command: string,
): void {
  if (found.length > 0) return;
  throw new UsageError(`${name} holds no ${kind} object, so nothing can be expected of its nodes`, {
    ...(notes.length === 0 ? {} : { tail: notes.slice(0, 5).join("\n") }),
    fix: `put it in: ${command}; a bundle of calicoctl cluster diags has it in cluster/`,
  });
}

function nameOf(path: string): string {
  return path.split("/").at(-1) ?? "";
}

/** A node's files stand in a folder of its name. */
function filesByNode({ files }: Bundle, names: ReadonlySet<string>): ReadonlyMap<string, NodeFiles> {
  const byNode = new Map<string, Record<string, string[]>>();
  for (const [path, text] of files) {
    const node = path.split("/").at(-2) ?? "";
    const part = nodePartOf(nameOf(path));
    if (part === undefined || !names.has(node)) continue;
    const own = byNode.get(node) ?? {};
    byNode.set(node, { ...own, [part]: [...(own[part] ?? []), text] });
  }
  return byNode;
}

function ownBlocks(
  { node, routes }: NodeFacts,
  pools: readonly ClusterPool[],
): readonly { readonly cidr: string; readonly node: string }[] {
  return routes
    .filter(({ type, destination }) => type === "blackhole" && poolOf(pools, destination) !== undefined)
    .map(({ destination }) => ({ cidr: destination, node }));
}

/** The pool that an address or block belongs to. */
export function poolOf(pools: readonly ClusterPool[], addressOrBlock: string): ClusterPool | undefined {
  if (!/^[0-9a-f.:]+(\/\d+)?$/i.test(addressOrBlock)) return undefined;
  const family: Family = familyOf(addressOrBlock);
  return pools.find((pool) => pool.family === family && contains(pool.cidr, addressOrBlock));
}
