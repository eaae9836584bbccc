import { isSameAddress } from "../topology/same-address.ts";
import { listOf } from "../verify/words.ts";
import type { Incident, Rule } from "./cause.ts";

/** A node translates a ClusterIP into an address that no pod has: the pod is gone, and whoever programs services has not heard of it. */
export const missingBackend: Rule = {
  name: "missing-backend",
  find: (incident) => {
    const lost = lostBackends(incident);
    const [first] = lost;
    if (first === undefined) return [];
    const nodes = [...new Set(lost.map(({ node }) => node))].toSorted();
    return [
      {
        name: "missing-backend",
        sentence: `${listOf(nodes)} ${nodes.length === 1 ? "translates" : "translate"} ClusterIP ${first.dials} into ${first.ghost}, which no pod has`,
        fix: "kubectl get endpointslices (they must name pods that run), and the logs of kube-proxy there: it has not heard of a change",
        issues: [],
        evidence: lost.map(({ node, dials, ghost }) => `${node}: ${dials} leads to ${ghost}`).slice(0, shown),
        explains: [...new Set(lost.map(({ id }) => id))],
      },
    ];
  },
};

/** Lines of evidence that a cause shows. */
const shown = 6;

/** Failed paths to ClusterIPs that their own node leads to an address that is neither a pod's nor a node's. */
function lostBackends({ network: { facts, identities }, cases, failed }: Incident) {
  const failing = new Set(failed.map(({ id }) => id));
  const known = [...identities.pods, ...identities.nodes].flatMap(({ addresses }) => Object.values(addresses));
  return cases.flatMap(({ expectation: { path, dials } }) => {
    if (path.service === undefined || path.nodePort !== undefined || !failing.has(path.id)) return [];
    const { backends = {} } = facts.nodes.find(({ node }) => node === path.source.node) ?? {};
    const own = Object.entries(backends).flatMap(([address, to]) => (isSameAddress(address, dials) ? to : []));
    const ghosts = own.filter((backend) => !known.some((address) => isSameAddress(address, backend)));
    return ghosts.map((ghost) => ({ id: path.id, node: path.source.node, dials, ghost }));
  });
}
