import { Scope } from "../core/scope.ts";
import { everyActor, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { keepPodAddresses } from "./keep-pod-addresses.ts";
import { noHostsOutside } from "./no-hosts-outside.ts";

/** A second pool (before v3.32.1 also one for load balancers alone) covers hosts outside of the cluster: natOutgoing then takes them for pods, on every node. */
export const poolOverExternal = defineFault({
  name: "pool-over-external",
  title:
    "a further pool, as for load balancers, covers hosts outside, so that pods go to them with their own addresses",
  describes: "#7345, #12767, #4138",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always", "none"],
  needs: ["cross-subnet"],
  unmet: noHostsOutside,
  topology: "external",
  apply: async (network, _plan, scope = new Scope()) => {
    const { external = [] } = network.identities;
    const outside = external.flatMap(({ addresses }) => addresses[faultFamily(network)] ?? []);
    const did = everyActor(network).map((actor) => keepPodAddresses(network, actor, scope, outside));
    return { did: (await Promise.all(did)).flat() };
  },
  cause: "covering-pool",
  // Where routers know no pods, answers end.
  follows: ["reached", "conservation", "symmetry", "not-encapsulated", "flows", "no-leak"],
  trips: [{ check: "source-address", status: "fail", path: "*/pod-to-external/*", category: "wrong source address" }],
});
