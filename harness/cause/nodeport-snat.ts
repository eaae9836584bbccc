import { isSameAddress } from "../topology/same-address.ts";
import type { Cause, Incident, Rule } from "./cause.ts";
import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** A node passes requests to its NodePorts, or to load balancers, on with the client's address: what backends on other nodes answer goes past it. */
const onTheWay = ofVerdicts({
  name: "nodeport-snat",
  issues: ["kubernetes/kubernetes#44916", "kubernetes/kubernetes#74383"],
  fix: "see that kube-proxy masquerades there (KUBE-MARK-MASQ and KUBE-POSTROUTING in iptables-save -t nat), that no other rule takes the packets before, and that the service has externalTrafficPolicy Cluster",
  check: "source-address",
  chosen: ({ id, reason = "" }, { network }) => {
    const [, source = ""] = /source (\S+), not /.exec(reason) ?? [];
    const clients = (network.identities.external ?? []).flatMap(({ addresses }) => Object.values(addresses));
    return /\/(?:nodeport|loadbalancer)-to-pod\//.test(id) && clients.some((client) => isSameAddress(client, source));
  },
  rewrites: /\b(?:[sd]nat|masquerade)\b|-j (?:[SD]NAT|MASQUERADE)/,
  sentence: (finding) =>
    `${placeIn(finding)} passes requests to Services on with the client's address, and answers go past it: ${finding}`,
});

/** The same for the requests themselves, which then get no answer. */
export const nodeportSnat: Rule = {
  name: onTheWay.name,
  find: (incident) => onTheWay.find(incident).map((cause) => withRequests(incident, cause)),
};

function withRequests({ failed, cases }: Incident, cause: Cause): Cause {
  const paths = cases.map(({ expectation }) => expectation.path);
  const entries = new Set(paths.filter(({ id }) => cause.explains.includes(id)).map(({ source }) => source.node));
  const own = paths.filter(({ client, nodePort, source }) =>
    client === undefined ? nodePort !== undefined && entries.has(nodePort.node) : entries.has(source.node),
  );
  const wrong = new Set(failed.map(({ id }) => id));
  const explains = own.map(({ id }) => id).filter((id) => wrong.has(id));
  return { ...cause, explains: [...new Set([...cause.explains, ...explains])] };
}
