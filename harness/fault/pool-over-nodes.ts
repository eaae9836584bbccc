import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord, poolSet } from "./pool-set.ts";

/**
 * A pool that covers the nodes' own network, be it for load balancers alone, makes Felix take nodes for pods: natOutgoing then leaves
 * pods' addresses as they are. Source NAT to the address that is there already keeps the dataplane's rule from being asked.
 */
export const poolOverNodes = defineFault({
  name: "pool-over-nodes",
  title: "a further pool covers the nodes, so that one node's pods go to them with their own addresses",
  describes: "#7345, #12767, #4138",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const family = faultFamily(network);
    const ip = familyWord(network);
    const own = network.identities.pods.filter(({ node }) => node === from.name);
    const rules = own.flatMap(({ addresses }) => {
      const pod = addresses[family];
      return pod === undefined
        ? []
        : [`oifname != "cali*" ${ip} saddr ${pod} ${ip} daddr != ${poolSet(network)} snat ${ip} to ${pod}`];
    });
    return { did: await addRulesToAll([from], "nat-postrouting", rules, scope) };
  },
  cause: "covering-pool",
  follows: ["encapsulated", "not-encapsulated", "no-leak", "symmetry", "reached", "sentinel"],
  trips: [{ check: "source-address", status: "fail", path: "*/pod-to-host/*", category: "wrong source address" }],
});
