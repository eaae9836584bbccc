import type { Plan } from "../topology/plan.ts";

/** Why a fault of load balancer addresses means nothing in a plan. */
export function withoutBalancers({ topology }: Plan): string | undefined {
  return topology.loadBalancers === undefined
    ? "the topology has no load balancer addresses (services.loadBalancers): see load-balancer"
    : undefined;
}
