import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { runScript } from "../exec/script.ts";
import { culprit, nearPeer, type Actor } from "./cast.ts";
import { tunnelRoute } from "./tunnel-route.ts";

interface RouteIntoTunnel {
  readonly node: Actor;
  /** Command that leads the culprit's packets for its neighbor's block into the tunnel. */
  readonly change: string;
  /** And the one that undoes it, in one step: without a route for a moment, packets would take the default one. */
  readonly back: string;
}

/** How the culprit's route to its neighbor becomes a tunnel route, and its own again, at the latest when the scope closes. */
export async function routeIntoTunnel(network: Network, scope: Scope): Promise<RouteIntoTunnel> {
  const [node, near] = [culprit(network), nearPeer(network)];
  const ip = near.block.includes(":") ? "ip -6" : "ip";
  const { stdout } = await runScript(node.executor, `${ip} route show exact ${near.block}`);
  const back = `${ip} route replace ${stdout.trim()}`;
  scope.defer(`put back the route of ${node.name} to ${near.block}`, async () => {
    await runScript(node.executor, back);
  });
  return { node, change: `${ip} route replace ${near.block} ${tunnelRoute(network, near)}`, back };
}
