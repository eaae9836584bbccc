import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { withoutPrefix } from "../topology/address.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, farPeer, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/** Copies of one port's packets between pods that no path joins leave in plain; the packets themselves arrive as they must. */
export const leakBesideProbes = defineFault({
  name: "leak-beside-probes",
  title: "copies of what the second pod sends to one port of another rack's second pod leave in plain",
  describes: "#9403, #7706 (some pods' traffic goes past the tunnel), #10321",
  modes: ["vxlan-cross-subnet", "vxlan-always", "ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  unmet: (plan) =>
    plan.nodes.every(({ pods }) => pods.length < 2) ? "the topology's nodes have no second pods" : undefined,
  apply: async (network, plan, scope = new Scope()) => {
    const [from, to] = [culprit(network), farPeer(network)];
    const family = faultFamily(network);
    const secondOf = (node: string): string | undefined =>
      network.identities.pods.filter((pod) => pod.node === node)[1]?.addresses[family];
    const [source, destination] = [secondOf(from.name), secondOf(to.name)];
    const segment = plan.nodes.find(({ name }) => name === from.name)?.uplink.segment;
    const port = plan.routers.flatMap(({ ports }) => ports).find((candidate) => candidate.segment === segment);
    const router = port?.addresses[family];
    if (source === undefined || destination === undefined || router === undefined)
      throw new LabError(`${from.name} and ${to.name} need a second pod each, and a router between them`);
    const word = familyWord(network);
    const match = `${word} saddr ${source} ${word} daddr ${destination} tcp dport 443`;
    const rule = `${match} dup to ${withoutPrefix(router)} device "${from.identity.uplink}"`;
    return { did: await addRulesToAll([from], "prerouting", [rule], scope, { family: word }) };
  },
  cause: "leak-heard",
  trips: [{ check: "sentinel", status: "fail", path: "*/sentinel/*", category: "leak" }],
});
