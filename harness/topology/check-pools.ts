import { addressCount, blockCount } from "./address.ts";
import { didYouMean } from "../core/closest-name.ts";
import { firstServiceNumber } from "./allocate.ts";
import { checkPoolModes } from "./check-pool-modes.ts";
import { podName, poolOf, poolOfPod, serves, takersOf } from "./pool-of.ts";
import type { Family, Pool, Topology, TopologyNode } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem } from "../core/yaml/value-problem.ts";

/** Prefix lengths that Calico allows for blocks (API reference of IPPool.spec.blockSize). */
const blockSizes: Readonly<Record<Family, readonly [number, number]>> = { 4: [20, 32], 6: [116, 128] };

/** Pools and services: one pool for each node and family, blocks as Calico allows them, and room for every node, pod and service. */
export function checkPools(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return [
    ...topology.pools.flatMap((pool, index) => checkPool(topology, file, pool, index)),
    ...checkPoolModes(topology),
    ...topology.families.flatMap((family) => checkTakers(topology, file, family)),
    ...topology.families.flatMap((family) => checkServices(topology, family)),
  ];
}

function checkPool(topology: Topology, file: FileFacts, pool: Pool, index: number): readonly ValueProblem[] {
  const path = ["pools", index, "cidr"];
  const { family, blockSize } = pool;
  if (!topology.families.includes(family)) {
    return file.entriesCut ? [] : [{ path, message: `an IPv${family} pool, but no subnet uses IPv${family}` }];
  }
  const [smallest, largest] = blockSizes[family];
  if (blockSize < smallest || blockSize > largest) {
    const message = `${blockSize} is outside Calico's range for IPv${family}, ${smallest} to ${largest}`;
    return [{ path: ["pools", index, "blockSize"], message }];
  }
  return [...checkBlocks(topology, pool, index), ...checkBlockRoom(topology, pool, index)];
}

/** Each node takes from one pool of each family: one that names it, or the one that names nobody. */
function checkTakers(topology: Topology, file: FileFacts, family: Family): readonly ValueProblem[] {
  const pools = topology.pools.map((pool, index) => ({ pool, index })).filter(({ pool }) => pool.family === family);
  const names = topology.nodes.map(({ name }) => name);
  const open = pools.filter(
    ({ pool }) => pool.takers === undefined && pool.pods === undefined && serves(pool, "Workload"),
  );
  const twice = names.flatMap((name) => {
    const [, second] = pools.filter(({ pool }) => pool.pods === undefined && pool.takers?.includes(name) === true);
    const message = `${name} takes from another IPv${family} pool already; a node takes from one`;
    return second === undefined ? [] : [{ path: ["pools", second.index], message }];
  });
  const unserved = names.filter((name) => poolOf(topology, name, family) === undefined);
  return [
    ...open.slice(1).map(({ index }) => ({
      path: ["pools", index, "cidr"],
      message: `a second IPv${family} pool for every node; say which racks or nodes take from it (racks, nodes)`,
    })),
    ...twice,
    ...pools.flatMap(({ pool, index }) => strangersOf(pool, index, names, file)),
    ...pools.flatMap(({ pool, index }) => unknownPods(topology, pool, index)),
    ...(unserved.length === 0 || file.entriesCut
      ? []
      : [
          {
            path: ["pools"],
            message: `no IPv${family} pool for ${unserved.join(", ")}: add one without racks and nodes`,
          },
        ]),
  ];
}

function strangersOf(
  { takers = [] }: Pool,
  index: number,
  names: readonly string[],
  file: FileFacts,
): readonly ValueProblem[] {
  return takers
    .filter((name) => !names.includes(name) && !file.spells(["nodes", name]))
    .map((name) => ({
      path: ["pools", index],
      message: `"${name}" is neither a rack nor a node${didYouMean(name, names)}; known nodes: ${names.join(", ")}`,
    }));
}

function checkBlocks(topology: Topology, pool: Pool, index: number): readonly ValueProblem[] {
  const { cidr, blockSize } = pool;
  const blocks = blockCount(cidr, blockSize);
  const needed = takersOf(topology, pool).length;
  if (blocks >= BigInt(needed)) return [];
  if (pool.borrowing === true) return checkLending(topology, pool, index, blocks);
  return [
    {
      path: ["pools", index, "cidr"],
      message: `${cidr} has ${blocks} × /${blockSize}, but each of ${needed} nodes needs a block`,
    },
  ];
}

/** Where nodes borrow, all of them together must find room. */
function checkLending(topology: Topology, pool: Pool, index: number, blocks: bigint): readonly ValueProblem[] {
  const takers = new Set(takersOf(topology, pool));
  const nodes = topology.nodes.filter(({ name }) => takers.has(name));
  const most = Math.max(...nodes.map((node) => podsIn(topology, pool, node) + 1));
  const each = BigInt(Math.ceil(nodes.length / Number(blocks)) * most);
  const room = 1n << BigInt((pool.family === 4 ? 32 : 128) - pool.blockSize);
  if (each <= room) return [];
  const message = `${blocks} × /${pool.blockSize} are too few for ${nodes.length} nodes that borrow: each holds ${room} addresses, and ${each} may be needed`;
  return [{ path: ["pools", index, "cidr"], message }];
}

function checkBlockRoom(topology: Topology, pool: Pool, index: number): readonly ValueProblem[] {
  const room = 1n << BigInt((pool.family === 4 ? 32 : 128) - pool.blockSize);
  const takers = new Set(takersOf(topology, pool));
  const crowded = topology.nodes
    .filter(({ name }) => takers.has(name))
    .map((node) => ({ name: node.name, pods: podsIn(topology, pool, node) }))
    .find(({ pods }) => BigInt(pods + 1) > room);
  if (crowded === undefined) return [];
  const needed = `${crowded.name} needs ${crowded.pods + 1} (a tunnel and ${crowded.pods} pods)`;
  return [
    { path: ["pools", index, "blockSize"], message: `a /${pool.blockSize} block holds ${room} addresses; ${needed}` },
  ];
}

function podsIn(topology: Topology, pool: Pool, { name, pods }: TopologyNode): number {
  const names = Array.from({ length: pods }, (_, index) => podName(name, index));
  return names.filter((pod) => poolOfPod(topology, name, pod, pool.family) === pool).length;
}

function unknownPods({ nodes }: Topology, { pods = [] }: Pool, index: number): readonly ValueProblem[] {
  const known = nodes.flatMap(({ name, pods: count }) => Array.from({ length: count }, (_, n) => podName(name, n)));
  return pods
    .filter((pod) => !known.includes(pod))
    .map((pod) => ({
      path: ["pools", index, "pods"],
      message: `"${pod}" is no pod of any node${didYouMean(pod, known)}; pods are called like a1-p1`,
    }));
}

function checkServices(topology: Topology, family: Family): readonly ValueProblem[] {
  const cidr = topology.services[family];
  const shared = topology.sharedServices?.length ?? 0;
  const pods = topology.nodes.reduce((sum, node) => sum + node.pods, 0) + shared;
  if (cidr === undefined || addressCount(cidr) > BigInt(firstServiceNumber + pods)) return [];
  const path = ["services", family === 4 ? "cidr" : "cidr6"];
  return [
    {
      path,
      message: `${cidr} is too small for one ClusterIP per pod${shared > 0 ? " and Service" : ""}: ${pods}, from its address number ${firstServiceNumber}`,
    },
  ];
}
