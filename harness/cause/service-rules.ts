import { isSameAddress } from "../topology/same-address.ts";
import { listOf } from "../verify/words.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { Cause, Incident, Rule } from "./cause.ts";

/** A node translates no ClusterIP, or an old set of them, although others do: whoever programs services is gone from there. */
export const serviceRules: Rule = {
  name: "service-rules",
  find: (incident) => {
    const lost = lostServices(incident);
    if (lost.length === 0) return [];
    const nodes = [...new Set(lost.map(({ node }) => node))].toSorted();
    const addresses = [...new Set(lost.map(({ dials }) => dials))].toSorted();
    const cause: Cause = {
      name: "service-rules",
      sentence: `${listOf(nodes)} ${nodes.length === 1 ? "has" : "have"} no rule that translates ClusterIP ${addresses.join(", ")}, which other nodes have: kube-proxy, or what does its work, is not running there`,
      fix: "kubectl get pods -n kube-system -l k8s-app=kube-proxy -o wide (one per node; see the logs of those that restart)",
      issues: [],
      evidence: lost.map(({ node, dials, others }) => `${node}: no rule for ${dials}; ${listOf(others)} translate it`),
      explains: lost.map(({ id }) => id),
    };
    return [cause];
  },
};

/** Failed paths to ClusterIPs whose own node does not know the address. Where nobody does, services are made in a way that rules do not tell. */
function lostServices({ network, cases, failed }: Incident) {
  const failing = new Set(failed.map(({ id }) => id));
  return cases.flatMap(({ expectation: { path, dials } }) => {
    if (path.service === undefined || path.nodePort !== undefined || !failing.has(path.id)) return [];
    const { nodes } = network.facts;
    const own = nodes.find(({ node }) => node === path.source.node);
    const others = nodes.filter((facts) => translates(facts, dials)).map(({ node }) => node);
    const isLost = own?.translated !== undefined && !translates(own, dials) && others.length > 0;
    return isLost ? [{ id: path.id, node: path.source.node, dials, others }] : [];
  });
}

function translates({ translated = [] }: NodeFacts, address: string): boolean {
  return translated.some((other) => isSameAddress(other, address));
}
