import { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { modes } from "../encap/mode.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import type { WrongRoute } from "../topology/topology.ts";
import { actorNamed, faultFamily, type Actor } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { replaceRoute } from "./replace-route.ts";
import { tunnelRoute } from "./tunnel-route.ts";

/** What the topology's own file says was wrong in a real cluster. No fault of the registry: it is another in each file. */
export const incident = defineFault({
  name: "incident",
  title: "the routes that the topology's incident names are put wrong",
  describes: "the topology's file",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: ({ topology }) => (topology.incident === undefined ? "its file names no incident" : undefined),
  apply: async (network, plan, scope = new Scope()) => {
    const did: string[] = [];
    for (const wrong of plan.topology.incident ?? []) did.push(await putWrong(network, wrong, scope));
    return { did };
  },
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});

async function putWrong(network: Network, { node, to, route }: WrongRoute, scope: Scope): Promise<string> {
  const from = actorNamed(network, node);
  const target = actorNamed(network, to);
  if (route === "missing") return replaceRoute(from, target.block, undefined, scope);
  if (route === "plain") return replaceRoute(from, target.block, plainRoute(from, target), scope);
  const tunnel = tunnelDevice(network.mode, faultFamily(network));
  if (tunnel === undefined) return `${node}: # no tunnel in this mode, its route to ${to} stays`;
  return replaceRoute(from, target.block, tunnelRoute(network, target), scope);
}

function plainRoute({ identity }: Actor, { address }: Actor): string {
  return `via ${address} dev ${identity.uplink} proto 80 onlink`;
}
