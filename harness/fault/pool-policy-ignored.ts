import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import type { Plan } from "../topology/plan.ts";
import { poolOf } from "../topology/pool-of.ts";
import { actorNamed } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";

/** A node reaches a neighbor in a pool that is Always in the tunnel as if it were in the other pool. */
export const poolPolicyIgnored = defineFault({
  name: "pool-policy-ignored",
  title: "a neighbor's pool asks for the tunnel always, and a node sends to it plain as the other pool says",
  describes: "#3672, felix#2547, #4869",
  modes: ["vxlan-cross-subnet", "ipip-cross-subnet"],
  needs: ["same-subnet"],
  topology: "mixed-pools",
  unmet: (plan) =>
    neighborsInTwoPools(plan) === undefined
      ? "no node has a neighbor in a pool of policy Always: see mixed-pools"
      : undefined,
  cause: "wrong-route",
  apply: async (network, plan, scope = new Scope()) => {
    const pair = neighborsInTwoPools(plan);
    if (pair === undefined) throw new LabError("no node has a neighbor in a pool of policy Always");
    const [from, to] = [actorNamed(network, pair.from), actorNamed(network, pair.to)];
    const route = `via ${to.address} dev ${from.identity.uplink} proto 80 onlink`;
    return { did: [await replaceRoute(from, to.block, route, scope)] };
  },
  follows: ["no-leak", "symmetry", "source-address", "sentinel"],
  trips: [
    { check: "encapsulated", status: "fail", path: "*/pod-to-pod/same-subnet/*" },
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
  ],
});

function neighborsInTwoPools({ nodes, topology }: Plan): { readonly from: string; readonly to: string } | undefined {
  const isAlways = (name: string): boolean => poolOf(topology, name, 4)?.policy === "Always";
  const pairs = nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from && to.uplink.segment === from.uplink.segment)
      .map((to) => ({ from: from.name, to: to.name })),
  );
  return pairs.find(({ from, to }) => !isAlways(from) && isAlways(to));
}
