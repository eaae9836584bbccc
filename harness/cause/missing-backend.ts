import { isSameAddress } from "../topology/same-address.ts";
import { listOf } from "../verify/words.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";

/** A node translates a ClusterIP into an address that no pod has, or into another service's pod: whoever programs services has not heard of a change. */
export const missingBackend: Rule = {
  name: "missing-backend",
  find: (incident) => {
    const lost = lostBackends(incident);
    const [first] = lost;
    if (first === undefined) return wrongPorts(incident);
    const nodes = [...new Set(lost.map(({ node }) => node))].toSorted();
    return [
      {
        name: "missing-backend",
        sentence: `${listOf(nodes)} ${nodes.length === 1 ? "translates" : "translate"} ClusterIP ${first.dials} into ${first.ghost}, ${first.owner === undefined ? `which no pod has${first.among}` : `${first.owner}'s, not ${first.target}'s`}`,
        fix: "kubectl get endpointslices (they must name pods that run and that the service's selector means), and the logs of kube-proxy there: it has not heard of a change",
        issues: [],
        evidence: lost.map(({ node, dials, ghost }) => `${node}: ${dials} leads to ${ghost}`).slice(0, shownLines),
        explains: [...new Set(lost.map(({ id }) => id))],
      },
    ];
  },
};

/** Failed paths to ClusterIPs that their own node leads to the right pod, at a port of which the service knows nothing. */
function wrongPorts({ network: { facts, identities }, cases, failed }: Incident): readonly Cause[] {
  const failing = new Set(failed.map(({ id }) => id));
  const led = cases.flatMap(({ expectation: { path, dials } }) => {
    if (path.service === undefined || path.nodePort !== undefined || !failing.has(path.id)) return [];
    const { backendPorts = {} } = facts.nodes.find(({ node }) => node === path.source.node) ?? {};
    const service = identities.services.find(({ name }) => name === path.service);
    const ports = Object.entries(backendPorts).flatMap(([address, own]) => (isSameAddress(address, dials) ? own : []));
    const wrong = ports.filter((port) => service !== undefined && port !== service.targetPort);
    const { id, source } = path;
    const target = path.target.pod ?? path.target.node;
    return wrong.map((port) => ({ id, node: source.node, dials, target, port, right: service?.targetPort ?? 0 }));
  });
  const [first] = led;
  if (first === undefined) return [];
  const nodes = [...new Set(led.map(({ node }) => node))].toSorted();
  return [
    {
      name: "missing-backend",
      sentence: `${listOf(nodes)} ${nodes.length === 1 ? "leads" : "lead"} ClusterIP ${first.dials} to port ${first.port} of ${first.target}, not to ${first.right}, where it listens`,
      fix: "kubectl get service and endpointslices (targetPort must be the port on which the pod listens), and the logs of kube-proxy there: it may not have heard of a change",
      issues: [],
      evidence: led.map(({ node, dials, port }) => `${node}: ${dials} leads to port ${port}`).slice(0, shownLines),
      explains: [...new Set(led.map(({ id }) => id))],
    },
  ];
}

/** Failed paths to ClusterIPs that their own node leads to an address that is neither a pod's nor a node's, or to other pods alone. */
function lostBackends({ network: { facts, identities }, cases, failed }: Incident) {
  const failing = new Set(failed.map(({ id }) => id));
  const known = [...identities.pods, ...identities.nodes];
  return cases.flatMap(({ expectation: { path, dials } }) => {
    if (path.service === undefined || path.nodePort !== undefined || !failing.has(path.id)) return [];
    const { backends = {} } = facts.nodes.find(({ node }) => node === path.source.node) ?? {};
    const own = Object.entries(backends).flatMap(([address, to]) => (isSameAddress(address, dials) ? to : []));
    const led = own.map((ghost) => ({
      ghost,
      owner: known.find(({ addresses }) => Object.values(addresses).some((one) => isSameAddress(one, ghost)))?.name,
    }));
    const target = path.target.pod ?? path.target.node;
    // Services with several backends are asked by paths of their own.
    const isAstray = path.traffic.endsWith("-to-clusterip") && !led.some(({ owner }) => owner === target);
    const astray = isAstray ? led.filter(({ owner }) => owner !== undefined) : [];
    const ghosts = led.filter(({ owner }) => owner === undefined);
    const among = path.backends === undefined ? "" : `, as one of ${path.backends} backends of ${path.service}`;
    return [...ghosts, ...astray].map((one) => ({ ...one, id: path.id, node: path.source.node, dials, target, among }));
  });
}
