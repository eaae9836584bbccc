import { Scope } from "../core/scope.ts";
import { withoutPrefix } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { addRulesToAll } from "./add-rules.ts";
import { defineFault } from "./fault.ts";

/** One of two routers is a stateful firewall that takes answers for strangers', since requests go by the other. */
export const statefulFilterOnOne = defineFault({
  name: "stateful-filter-on-one",
  title: "one of two routers drops what it has not seen begin, and requests go by the other",
  describes: "#1357, #2082",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  topology: "dual-tor",
  unmet: (plan) => (secondGateway(plan) === undefined ? "all nodes have one gateway: see dual-tor" : undefined),
  cause: "packet-filter",
  apply: async ({ lab }, plan, scope = new Scope()) => {
    const places = lab.routers.filter(({ name }) => name === secondGateway(plan));
    return { did: await addRulesToAll(places, "forward", ["ct state new counter drop"], scope) };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});

/** A router that is the gateway of some nodes and not of the first. */
function secondGateway({ nodes, routers }: Plan): string | undefined {
  const gateways = nodes.map(({ routes }) => routes.find(({ destination }) => destination === "default")?.via);
  return routers.find(({ ports }) => {
    const own = ports.flatMap(({ addresses }) => Object.values(addresses).map(withoutPrefix));
    const serves = (via: string | undefined): boolean => via !== undefined && own.includes(via);
    return gateways.some(serves) && !serves(gateways[0]);
  })?.name;
}
