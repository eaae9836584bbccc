import { Scope } from "../core/scope.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { keepPodAddresses } from "./keep-pod-addresses.ts";

/**
 * A pool that covers the nodes' own network, be it for load balancers alone, makes Felix take nodes for pods: natOutgoing then leaves
 * pods' addresses as they are.
 */
export const poolOverNodes = defineFault({
  name: "pool-over-nodes",
  title: "a further pool covers the nodes, so that one node's pods go to them with their own addresses",
  describes: "#7345, #12767, #4138",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const nodes = network.identities.nodes.flatMap(({ addresses }) => addresses[faultFamily(network)] ?? []);
    return { did: await keepPodAddresses(network, culprit(network), scope, nodes) };
  },
  cause: "covering-pool",
  follows: ["encapsulated", "not-encapsulated", "no-leak", "symmetry", "reached", "sentinel"],
  trips: [{ check: "source-address", status: "fail", path: "*/pod-to-host/*", category: "wrong source address" }],
});
