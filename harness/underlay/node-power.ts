import type { Executor } from "../exec/executor.ts";
import { runScript } from "../exec/script.ts";
import type { NodePower } from "../lab/lab.ts";
import { cardOf, type Plan } from "../topology/plan.ts";
import { memberScript } from "./render-lab.ts";

/** A node's network goes as that of a machine which is switched off: its wires are dead and forgotten, and come back by the script that made them. */
export function nodePower(plan: Plan, name: string, executor: Executor): NodePower {
  const node = plan.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new RangeError(`the plan has no node ${name}`);
  const ports = [node.uplink, ...(node.others ?? [])];
  const devices = new Set(ports.flatMap((port) => [port.device, cardOf(port)]));
  const lines = [...devices].flatMap((device) => [
    // Routes go with the link.
    `ip link set ${device} down`,
    `ip addr flush dev ${device}`,
    `tc qdisc del dev ${device} root 2>/dev/null || :`,
  ]);
  return {
    off: async () => {
      await runScript(executor, lines.join("\n"));
    },
    on: async () => {
      await runScript(executor, memberScript(plan, name));
    },
  };
}
