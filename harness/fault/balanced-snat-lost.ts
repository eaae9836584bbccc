import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { outsideAddresses, pastTheNode } from "./past-the-node.ts";
import { familyWord } from "./pool-set.ts";
import { withoutBalancers } from "./without-balancers.ts";

/**
 * The node that takes requests to load balancer addresses passes them on with the client's address, as is right with externalTrafficPolicy
 * Local alone: backends on other nodes answer the client past it, from an address that the client never asked.
 */
export const balancedSnatLost = defineFault({
  name: "balanced-snat-lost",
  title: "the node that takes requests to load balancers passes them on with the client's address",
  describes: "kubernetes/kubernetes#44916, kubernetes/kubernetes#74383",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always", "none"],
  needs: ["cross-subnet"],
  unmet: withoutBalancers,
  topology: "load-balancer",
  apply: async (network, _plan, scope = new Scope()) => {
    const [ip, family] = [familyWord(network), faultFamily(network)];
    const dialed = network.identities.services.flatMap(({ balanced }) => balanced?.masqueraded[family] ?? []);
    const rules = outsideAddresses(network).map(
      (client) => `ct original ${ip} daddr { ${dialed.join(", ")} } ${ip} saddr ${client} snat ${ip} to ${client}`,
    );
    return { did: await addRulesToAll([culprit(network)], "nat-postrouting", rules, scope) };
  },
  cause: "nodeport-snat",
  follows: pastTheNode,
  trips: [
    { check: "source-address", status: "fail", path: "*/loadbalancer-to-pod/*", category: "wrong source address" },
    { check: "reached", status: "fail", path: "*/external-to-loadbalancer/cross-subnet/*" },
  ],
});
