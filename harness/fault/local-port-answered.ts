import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { noHostsOutside } from "./no-hosts-outside.ts";
import { familyWord } from "./pool-set.ts";

/** One node passes requests on to backends on other nodes, masqueraded, though their Services have externalTrafficPolicy Local: all are answered. */
export const localPortAnswered = defineFault({
  name: "local-port-answered",
  title: "one node answers NodePorts with externalTrafficPolicy Local although it has no backend",
  describes:
    "kube-proxy, or a proxy in its place, that takes Local for Cluster: the client's address is lost, and nodes without a backend seem healthy",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  unmet: noHostsOutside,
  topology: "external",
  cause: "nodeport-local",
  apply: async (network, _plan, scope = new Scope()) => {
    const [from, ip, family] = [culprit(network), familyWord(network), faultFamily(network)];
    const { services, pods } = network.identities;
    const ports = services.flatMap(({ backend, nodePorts, targetPort }) => {
      const pod = pods.find(({ name }) => name === backend);
      const address = pod?.addresses[family];
      if (pod === undefined || pod.node === from.name || nodePorts === undefined || address === undefined) return [];
      return [{ port: nodePorts.local, to: `${family === 4 ? address : `[${address}]`}:${targetPort}` }];
    });
    if (ports.length === 0) throw new LabError(`${from.name} has the backends of all NodePorts`);
    const dnat = ports.map(
      ({ port, to }) => `meta l4proto { tcp, udp } fib daddr type local th dport ${port} dnat ${ip} to ${to}`,
    );
    const dialed = ports.map(({ port }) => port).join(", ");
    const masquerade = `meta l4proto { tcp, udp } ct status dnat ct original proto-dst { ${dialed} } masquerade`;
    const did = await addRulesToAll([from], "nat-prerouting", dnat, scope, { asKubeProxy: true });
    return { did: [...did, ...(await addRulesToAll([from], "nat-postrouting", [masquerade], scope, { family: ip }))] };
  },
  follows: [
    ...["source-address", "conservation", "answered-by", "no-leak", "encapsulated", "not-encapsulated"],
    ...["symmetry", "outer-endpoints", "outer-header", "flows", "mss"],
  ] as const,
  trips: [{ check: "reached", status: "fail", path: "*/external-to-nodeport-local/*", category: "leak" }],
});
