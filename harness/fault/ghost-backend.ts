import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { hostAddress } from "../topology/address.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** An address of the culprit's block that no pod of a lab reaches: blocks are filled from below. */
const ghostNumber = 50;

/** The culprit goes on translating ClusterIPs into the address of a pod that is gone. */
export const ghostBackend = defineFault({
  name: "ghost-backend",
  title: "one node translates ClusterIPs into the address of a pod that is gone",
  describes: "kube-proxy that has missed a change of endpoints",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "missing-backend",
  apply: async (network, _plan, scope = new Scope()) => {
    const family = faultFamily(network);
    const from = culprit(network);
    const ghost = hostAddress(from.block, ghostNumber);
    const [word, target] = family === 4 ? ["ip", ghost] : ["ip6", `[${ghost}]`];
    const addresses = network.identities.services.flatMap(({ clusterIps }) => clusterIps[family] ?? []);
    const rules = addresses.map((address) => `${word} daddr ${address} tcp dport 80 dnat ${word} to ${target}:8080`);
    return { did: await addRulesToAll([from], "nat-prerouting", rules, scope, { asKubeProxy: true }) };
  },
  follows: ["conservation", "no-leak", "sentinel", "source-address", "encapsulated", "not-encapsulated"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-clusterip/*", category: "not reached" }],
});
