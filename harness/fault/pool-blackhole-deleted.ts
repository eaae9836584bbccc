import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { everyActor, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";
import type { Plan } from "../topology/plan.ts";

/** Felix's managers of several encapsulations each take the other's blackholes for leftovers of their own. */
export const poolBlackholeDeleted = defineFault({
  name: "pool-blackhole-deleted",
  title: "of a node with blocks in two pools the blackhole of one is deleted for the other's sake",
  describes: "Felix before commit 7ea6e12e21",
  modes: ["pools"],
  needs: [],
  topology: "mixed-encapsulations",
  unmet: (plan) =>
    holderOf(plan) === undefined ? "no node has blocks in two pools: see mixed-encapsulations" : undefined,
  cause: "wrong-route",
  apply: async (network, plan, scope = new Scope()) => {
    const from = everyActor(network).find(({ name }) => name === holderOf(plan));
    const [, second] = from?.identity.blocks[faultFamily(network)] ?? [];
    if (from === undefined || second === undefined) throw new LabError("no node has blocks in two pools");
    return { did: [await replaceRoute(from, second, undefined, scope)] };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});

function holderOf({ allocation }: Plan): string | undefined {
  return allocation.nodes.find(({ blocks }) => Object.values(blocks).some((own) => own.length > 1))?.node;
}
