import { readFile, writeFile } from "node:fs/promises";
import type { Scope } from "../core/scope.ts";
import { labNamespaces } from "../lab/leftovers.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";

/**
 * Neighbor entries that all namespaces of a lab may need at a time: each node one per neighbor on its segment, router port and pod, each
 * pod one, each router one per node.
 */
export function neighborsOf(plan: Plan): number {
  return plan.nodes.reduce((sum, { uplink, pods }) => {
    const peers = plan.nodes.filter((other) => other.uplink.segment === uplink.segment).length - 1;
    const routers = plan.routers.filter(({ ports }) => ports.some(({ segment }) => segment === uplink.segment)).length;
    return sum + peers + 2 * routers + 2 * pods.length;
  }, 0);
}

/**
 * Makes room for a large lab's neighbor entries: the kernel holds those of all namespaces in one table (1024 by default;
 * Documentation/networking/ip-sysctl.rst, gc_thresh3), and a full one loses packets ("No buffer space available"). What was
 * there is put back when the lab goes, unless another lab is still up.
 */
export async function makeNeighborRoom(plan: Plan, scope: Scope): Promise<void> {
  // The host and other labs have neighbors of their own.
  const needed = 2 * neighborsOf(plan);
  for (const family of plan.families) {
    const former = await readLimits(family);
    if (former === undefined || former.hard >= needed) continue;
    scope.defer(`restore the size of this host's IPv${family} neighbor table`, async () => {
      if ((await labNamespaces()).length === 0) await writeLimits(family, former);
    });
    await writeLimits(family, { soft: Math.max(former.soft, Math.ceil(needed / 2)), hard: needed });
  }
}

/** Entries from which old ones are dropped, and beyond which none is made. */
interface Limits {
  readonly soft: number;
  readonly hard: number;
}

function fileOf(family: Family, limit: 2 | 3): string {
  return `/proc/sys/net/ipv${family}/neigh/default/gc_thresh${limit}`;
}

async function readLimits(family: Family): Promise<Limits | undefined> {
  const [soft, hard] = await Promise.all(
    ([2, 3] as const).map(async (limit) => Number(await readFile(fileOf(family, limit), "utf8").catch(() => "0"))),
  );
  // In a container there is no such file: its host's table is not its to change.
  return soft === undefined || hard === undefined || hard === 0 ? undefined : { soft, hard };
}

async function writeLimits(family: Family, { soft, hard }: Limits): Promise<void> {
  // Where it may not be written, the table stays as it is: a lab that it is too small for says so by its verdicts.
  await writeFile(fileOf(family, 3), String(hard)).catch(() => undefined);
  await writeFile(fileOf(family, 2), String(soft)).catch(() => undefined);
}
