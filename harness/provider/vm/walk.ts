import { LabError } from "../../core/errors.ts";
import { runBatch } from "../../exec/batch.ts";
import type { LabNode } from "../provider.ts";
import type { Plan } from "../../topology/plan.ts";
import { pingArgv, planWalks } from "../netns/walk.ts";

/** Pings over the underlay until every node has been heard, through its gateway where there is one. */
export async function walkMachines(plan: Plan, nodes: readonly LabNode[]): Promise<void> {
  const walks = planWalks(plan);
  await Promise.all(
    nodes.map(async ({ name, executor }) => {
      const own = walks.filter(({ from }) => from.name === name);
      const commands = own.map((walk, index) => ({ id: String(index), argv: pingArgv(walk) }));
      const results = await runBatch(executor, commands, { parallel: 4, timeoutMs: 60_000 });
      const lost = own.find((_, index) => results.get(String(index))?.exitCode !== 0);
      if (lost === undefined) return;
      const state = await executor.tryRun(["sh", "-c", "ip -br addr; ip route; ip neigh"]);
      throw new LabError(`${name} does not reach ${lost.to.name} over the underlay`, {
        where: executor.where,
        command: pingArgv(lost).join(" "),
        tail: state.stdout,
      });
    }),
  );
}
