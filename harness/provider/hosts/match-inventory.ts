import { didYouMean } from "../../core/closest-name.ts";
import type { Plan, Port } from "../../topology/plan.ts";
import type { Problem } from "../../lab/lab.ts";
import type { Inventory, InventoryHost } from "./inventory.ts";

/** A node or router of a plan with the machine that stands for it. */
export interface Member {
  readonly name: string;
  readonly role: "node" | "router";
  readonly ports: readonly Port[];
  readonly host: InventoryHost;
}

/** What joining an inventory with a plan gives. */
export interface Matching {
  readonly members: readonly Member[];
  readonly problems: readonly Problem[];
}

/** Gives each node and router of a plan its machine; every disagreement between the two files is a problem. */
export function matchInventory(plan: Plan, inventory: Inventory): Matching {
  const parts = [
    ...plan.routers.map(({ name, ports }) => ({ name, role: "router" as const, ports })),
    ...plan.nodes.map(({ name, uplink }) => ({ name, role: "node" as const, ports: [uplink] })),
  ];
  const found = parts.map((part) => ({ part, host: inventory.hosts.find(({ name }) => name === part.name) }));
  const names = parts.map(({ name }) => name);
  const known = `${plan.topology.name} has ${names.join(", ")}`;
  const strangers = inventory.hosts.filter(({ name }) => !names.includes(name));
  const problem = (what: string, fix: string): Problem => ({ what: `${inventory.source}: ${what}`, fix });
  return {
    members: found.flatMap(({ part, host }) => (host === undefined ? [] : [{ ...part, host }])),
    problems: [
      ...found
        .filter(({ host }) => host === undefined)
        .map(({ part }) => problem(`no host for ${part.role} ${part.name}`, `add it under hosts: ${part.name}`)),
      ...strangers.map(({ name }) =>
        problem(`host ${name} is not in the topology${didYouMean(name, names)}`, `rename it; ${known}`),
      ),
      ...found.flatMap(({ part, host }) =>
        host === undefined ? [] : disagreements(part, host).map((what) => problem(what, "correct the inventory")),
      ),
    ],
  };
}

function disagreements(part: Omit<Member, "host">, { name, role, subnet, uplink }: InventoryHost): readonly string[] {
  const segments = part.ports.map(({ segment }) => segment);
  return [
    ...(role === undefined || role === part.role
      ? []
      : [`${name} is a ${role} here and a ${part.role} in the topology`]),
    ...(subnet === undefined || segments.includes(subnet)
      ? []
      : [`${name} is in subnet ${subnet} here and in ${segments.join(", ")} in the topology`]),
    ...(uplink !== undefined && part.role === "router"
      ? [`${name} is a router: its devices are found by their addresses, not by uplink`]
      : []),
  ];
}
