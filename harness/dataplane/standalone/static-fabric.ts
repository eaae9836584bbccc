import type { Identities } from "../../encap/identity.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Plan, Route } from "../../topology/plan.ts";

/** One router's routes to pods: those that the plan foresaw, and those that lead to the blocks that Calico gave out. */
export interface FabricRoutes {
  readonly router: string;
  readonly planned: readonly Route[];
  readonly actual: readonly Route[];
}

/**
 * With `fabric: static` the provider gave the routers routes to the planned blocks; real Calico's IPAM chooses others.
 * The fabric's owner would route those, so each route to a node's planned block becomes one to each of its blocks.
 */
export function fabricRoutes(plan: Plan, identities: Identities): readonly FabricRoutes[] {
  if (plan.topology.fabric !== "static") return [];
  return plan.routers.map(({ name: router, routes }) => {
    const pairs = routes.flatMap((route) => {
      const owner = plan.allocation.nodes.find(
        ({ blocks }) => blocks[route.family]?.includes(route.destination) === true,
      );
      const node = identities.nodes.find(({ name }) => name === owner?.node);
      // Each planned block stands for the node: one route carries all that Calico gave it.
      const isFirst = owner?.blocks[route.family]?.[0] === route.destination;
      return node === undefined ? [] : [{ route, blocks: isFirst ? (node.blocks[route.family] ?? []) : [] }];
    });
    return {
      router,
      planned: pairs.map(({ route }) => route),
      actual: pairs.flatMap(({ route, blocks }) => blocks.map((destination) => ({ ...route, destination }))),
    };
  });
}

/** Puts the actual routes in the place of the planned ones on every router, or back. */
export async function replaceFabricRoutes(
  lab: Lab,
  all: readonly FabricRoutes[],
  to: "actual" | "planned",
): Promise<void> {
  await Promise.all(
    all.map(async (routes) => {
      const router = lab.routers.find(({ name }) => name === routes.router);
      const from = to === "actual" ? "planned" : "actual";
      const lines = [
        ...routes[from].map(({ destination }) => `route del ${destination}`),
        ...routes[to].map(({ destination, via, device }) => `route replace ${destination} via ${via} dev ${device}`),
      ];
      // What is gone already need not be deleted: -force goes on.
      await router?.executor.tryRun(["ip", "-force", "-batch", "-"], {
        input: lines.map((line) => `${line}\n`).join(""),
      });
    }),
  );
}
