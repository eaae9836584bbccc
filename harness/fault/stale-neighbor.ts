import { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import { modes } from "../encap/mode.ts";
import { changeNode } from "./change-node.ts";
import { culprit, nearPeer, routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";

/**
 * The culprit sends frames for its neighbor to the router, as an entry of its neighbor table says that nobody ever renews. Where they
 * are plain, a router that has no routes to pods drops them.
 */
export const staleNeighbor = defineFault({
  name: "stale-neighbor",
  title: "one node has the router's MAC for another node of its rack",
  describes: "no report known: a neighbor entry made by hand, or ARP answered by another machine",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "wrong-next-hop",
  apply: async (network, plan, scope = new Scope()) => {
    const from = culprit(network);
    const { address } = nearPeer(network);
    const { segment } = plan.nodes.find(({ name }) => name === from.name)?.uplink ?? {};
    const [router] = routersOf(network);
    const port = plan.routers
      .find(({ name }) => name === router?.name)
      ?.ports.find((candidate) => candidate.segment === segment);
    if (port === undefined) throw new LabError(`${from.name}'s segment has no router`);
    const at = `${address} dev ${from.identity.uplink}`;
    const command = `ip neigh replace ${at} lladdr ${port.mac} nud permanent`;
    return { did: [await changeNode(from, [command], [`ip neigh del ${at}`], scope)] };
  },
  follows: ["reached", "conservation", "no-leak", "sentinel", "flows", "sizes", "path-mtu", "mtu"],
  trips: [
    { check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" },
    { check: "next-hop-mac", status: "fail", path: "*/next-hop-mac/*", category: "wrong next hop" },
  ],
});
