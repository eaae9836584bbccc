import { settleAll } from "../../core/settle.ts";
import type { Scope } from "../../core/scope.ts";
import type { LabNode } from "../../lab/lab.ts";
import { parseKernelEvents, type KernelEvent } from "../kernel-events.ts";

/** What the kernels of all nodes told of their routes, devices and addresses, by node. */
export interface KernelMonitor {
  stop(): Promise<ReadonlyMap<string, readonly KernelEvent[]>>;
}

/** Lets ip(8) write down every change of routes, devices and addresses on every node, with the time. */
export async function watchKernels(nodes: readonly LabNode[], scope: Scope): Promise<KernelMonitor> {
  const argv = ["env", "TZ=UTC", "ip", "-ts", "-o", "monitor", "link", "address", "route"];
  const watching = await settleAll(
    nodes.map(async ({ name, executor }) => ({ name, monitor: await executor.spawn(argv, scope) })),
  );
  return {
    stop: async () => {
      const told = watching.map(async ({ name, monitor }) => {
        const { stdout } = await monitor.stop("SIGINT");
        return [name, parseKernelEvents(stdout)] as const;
      });
      return new Map(await settleAll(told));
    },
  };
}
