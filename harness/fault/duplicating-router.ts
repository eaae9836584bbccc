import { Scope } from "../core/scope.ts";
import { withoutPrefix } from "../topology/address.ts";
import { addRulesToAll } from "./add-rules.ts";
import { farPeer, routersOf } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/** The router sends each packet for the far node twice. */
export const duplicatingRouter = defineFault({
  name: "duplicating-router",
  title: "the router sends every packet for one node twice",
  describes: "no known report: a port mirror or a bond that sends both copies",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: async (network, plan, scope = new Scope()) => {
    const to = withoutPrefix(farPeer(network).address);
    const segment = plan.nodes.find(({ name }) => name === farPeer(network).name)?.uplink.segment;
    const routers = routersOf(network);
    const port = plan.routers
      .filter(({ name }) => routers.some((router) => router.name === name))
      .flatMap(({ ports }) => ports)
      .find((candidate) => candidate.segment === segment);
    const family = familyWord(network);
    const rule = `${family} daddr ${to} dup to ${to} device "${port?.device ?? ""}"`;
    return { did: await addRulesToAll(routers, "forward", [rule], scope, { family }) };
  },
  cause: "duplicated-packets",
  follows: ["outer-header", "connection-tracking"],
  trips: [{ check: "conservation", status: "fail", path: "*/cross-subnet/*", category: "duplicated on the way" }],
});
