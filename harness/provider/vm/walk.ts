import { LabError } from "../../core/errors.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { LabNode } from "../../lab/lab.ts";
import type { Plan } from "../../topology/plan.ts";
import { pingArgv, planWalks } from "../../underlay/walk.ts";

/** Pings over the underlay until every node has been seen, through its gateway where there is one. */
export async function walkMachines(plan: Plan, nodes: readonly LabNode[]): Promise<void> {
  const walks = planWalks(plan);
  await Promise.all(
    nodes.map(async ({ name, executor }) => {
      const own = walks.filter(({ from }) => from.name === name);
      const pings = own.map((walk, index) => `${shellQuote(pingArgv(walk))} >/dev/null || { echo ${index}; exit; }`);
      const { stdout } = await executor.run(["sh", "-c", pings.join("\n")], { timeoutMs: 60_000 });
      const lost = stdout === "" ? undefined : own[Number(stdout)];
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
