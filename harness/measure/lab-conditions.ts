import type { Executor } from "../exec/executor.ts";

/** What of two nodes decides how flows between them can be placed. */
export interface NodePlaces {
  /** Whether both run on one kernel, as namespaces and containers do. */
  readonly sharedKernel: boolean;
  /** Processors that the client's node may use. */
  readonly processors: readonly number[];
  readonly mhz?: number;
}

/** Asks both nodes of a path what they run on. */
export async function readNodePlaces(client: Executor, server: Executor): Promise<NodePlaces> {
  const [one, other] = await Promise.all([client, server].map(async (node) => (await node.run(command)).stdout));
  const bootOf = (text = ""): string => /^[0-9a-f-]{36}$/m.exec(text)?.[0] ?? text;
  const mhz = /MHz[\s:]+([\d.]+)/.exec(one ?? "")?.[1];
  return {
    sharedKernel: bootOf(one) === bootOf(other),
    processors: parseProcessorList(/^Cpus_allowed_list:\s*(\S+)/m.exec(one ?? "")?.[1] ?? ""),
    ...(mhz === undefined ? {} : { mhz: Number(mhz) }),
  };
}

/** Client and server on a processor each, where the nodes share them: otherwise the kernel moves them about, and each place has a speed of its own. */
export function placement({ sharedKernel, processors }: NodePlaces): { client: number; server: number } | undefined {
  const [client, server] = processors;
  return sharedKernel && client !== undefined && server !== undefined ? { client, server } : undefined;
}

/** Reads "0-3,8". */
export function parseProcessorList(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const [first = NaN, last = first] = part.split("-").map(Number);
    return Number.isNaN(first) || part === ""
      ? []
      : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

const command = ["sh", "-c", "cat /proc/sys/kernel/random/boot_id /proc/self/status; grep -m1 MHz /proc/cpuinfo; true"];
