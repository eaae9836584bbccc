import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { changeNode } from "./change-node.ts";
import { culprit, faultFamily, nearPeer, routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { withoutBalancers } from "./without-balancers.ts";

/**
 * The routers lead the addresses of a Service with externalTrafficPolicy Local to a node without its backend, which drops what comes: a
 * static route that nobody changed when the pod moved, or a node that still advertises it.
 */
export const balancedRouteAstray = defineFault({
  name: "balanced-route-astray",
  title: "a router leads load balancer addresses with externalTrafficPolicy Local to a node without the backend",
  describes:
    "a static route to a load balancer address that was left as it was when the Service's pod moved to another node",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  unmet: withoutBalancers,
  topology: "load-balancer",
  fabric: "static",
  cause: "router-state",
  apply: async (network, _plan, scope = new Scope()) => {
    const [from, to, family] = [culprit(network), nearPeer(network), faultFamily(network)];
    const { services, pods } = network.identities;
    const own = pods.filter(({ node }) => node === from.name).map(({ name }) => name);
    const routes = services.flatMap(({ backend, balanced }) =>
      own.includes(backend) ? (balanced?.local[family] ?? []) : [],
    );
    const route = (address: string, { address: via }: typeof from): string =>
      `ip${family === 6 ? " -6" : ""} route replace ${address}/${family === 4 ? 32 : 128} via ${via}`;
    const did = routersOf(network).map((router) =>
      changeNode(
        router,
        routes.map((address) => route(address, to)),
        routes.map((address) => route(address, from)),
        scope,
      ),
    );
    return { did: await Promise.all(did) };
  },
  follows: ["conservation", "no-leak", "answered-by", "flows", "symmetry", "not-encapsulated"],
  trips: [{ check: "reached", status: "fail", path: "*/external-to-loadbalancer-local/*" }],
});
