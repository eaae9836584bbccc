import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { noHostsOutside } from "./no-hosts-outside.ts";
import { outsideAddresses, pastTheNode } from "./past-the-node.ts";
import { familyWord } from "./pool-set.ts";

/**
 * A node passes requests to its NodePorts on with the client's address, as is right with externalTrafficPolicy Local alone: backends on other nodes
 * then answer the client past that node, which it never asked. Source NAT to the address that is there already keeps the service's rule from being asked.
 */
export const nodeportSnatLost = defineFault({
  name: "nodeport-snat-lost",
  title: "one node passes requests to its NodePorts on with the client's address, and the answers go past it",
  describes: "kubernetes/kubernetes#44916, kubernetes/kubernetes#74383",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always", "none"],
  needs: ["cross-subnet"],
  unmet: noHostsOutside,
  topology: "external",
  apply: async (network, _plan, scope = new Scope()) => {
    const ip = familyWord(network);
    const rules = outsideAddresses(network).map((client) => `${ip} saddr ${client} snat ${ip} to ${client}`);
    return { did: await addRulesToAll([culprit(network)], "nat-postrouting", rules, scope) };
  },
  cause: "nodeport-snat",
  follows: pastTheNode,
  trips: [
    { check: "source-address", status: "fail", path: "*/nodeport-to-pod/*", category: "wrong source address" },
    { check: "reached", status: "fail", path: "*/external-to-nodeport/cross-subnet/*" },
  ],
});
