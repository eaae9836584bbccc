import { Scope } from "../core/scope.ts";
import { addRulesToAll } from "./add-rules.ts";
import { everyActor, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** No node translates ClusterIPs for its pods: rules that exempt them from connection tracking exempt them from NAT too. */
export const untrackedService = defineFault({
  name: "untracked-service",
  title: "ClusterIPs are not translated into pods' addresses",
  describes: "#5952 and clusters without kube-proxy; here by rules that keep services from being tracked",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["same-subnet", "cross-subnet"],
  cause: "untranslated-service",
  apply: async (network, _plan, scope = new Scope()) => {
    const family = faultFamily(network);
    const addresses = network.identities.services.flatMap(({ clusterIps }) => clusterIps[family] ?? []);
    const rule = `${family === 4 ? "ip" : "ip6"} daddr { ${addresses.join(", ")} } notrack`;
    return { did: await addRulesToAll(everyActor(network), "prerouting", [rule], scope) };
  },
  follows: [
    "reached",
    "no-leak",
    "conservation",
    "encapsulated",
    "not-encapsulated",
    "outer-endpoints",
    "symmetry",
    "sentinel",
  ],
  trips: [{ check: "source-address", status: "fail", path: "*/pod-to-clusterip/*", category: "wrong source address" }],
});
