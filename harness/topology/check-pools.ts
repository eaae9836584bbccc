import { addressCount, blockCount } from "./address.ts";
import { firstServiceNumber } from "./allocate.ts";
import type { Family, Pool, Topology } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem } from "../core/yaml/value-problem.ts";

/** Prefix lengths that Calico allows for blocks (API reference of IPPool.spec.blockSize). */
const blockSizes: Readonly<Record<Family, readonly [number, number]>> = { 4: [20, 32], 6: [116, 128] };

/** Pools and services: one per family, blocks as Calico allows them, and room for every node, pod and service. */
export function checkPools(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  return [
    ...topology.pools.flatMap((pool, index) => checkPool(topology, file, pool, index)),
    ...topology.families.flatMap((family) => checkServices(topology, family)),
  ];
}

function checkPool(topology: Topology, file: FileFacts, pool: Pool, index: number): readonly ValueProblem[] {
  const path = ["pools", index, "cidr"];
  const { family, blockSize } = pool;
  const first = topology.pools.findIndex((other) => other.family === family);
  if (first !== index) return [{ path, message: `a second IPv${family} pool; one per family is supported` }];
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

function checkBlocks(topology: Topology, { cidr, blockSize }: Pool, index: number): readonly ValueProblem[] {
  const blocks = blockCount(cidr, blockSize);
  const needed = topology.nodes.length;
  if (blocks >= BigInt(needed)) return [];
  return [
    {
      path: ["pools", index, "cidr"],
      message: `${cidr} has ${blocks} × /${blockSize}, but each of ${needed} nodes needs a block`,
    },
  ];
}

function checkBlockRoom(topology: Topology, pool: Pool, index: number): readonly ValueProblem[] {
  const room = 1n << BigInt((pool.family === 4 ? 32 : 128) - pool.blockSize);
  const crowded = topology.nodes.find(({ pods }) => BigInt(pods + 1) > room);
  if (crowded === undefined) return [];
  const needed = `${crowded.name} needs ${crowded.pods + 1} (a tunnel and ${crowded.pods} pods)`;
  return [
    { path: ["pools", index, "blockSize"], message: `a /${pool.blockSize} block holds ${room} addresses; ${needed}` },
  ];
}

function checkServices(topology: Topology, family: Family): readonly ValueProblem[] {
  const cidr = topology.services[family];
  const pods = topology.nodes.reduce((sum, node) => sum + node.pods, 0);
  if (cidr === undefined || addressCount(cidr) > BigInt(firstServiceNumber + pods)) return [];
  const path = ["services", family === 4 ? "cidr" : "cidr6"];
  return [
    {
      path,
      message: `${cidr} is too small for one ClusterIP per pod: ${pods}, from its address number ${firstServiceNumber}`,
    },
  ];
}
