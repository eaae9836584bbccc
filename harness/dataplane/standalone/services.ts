import type { Identities } from "../../encap/identity.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import { balancedOf } from "../program/load-balancers.ts";
import { nodePortsOf } from "../program/node-ports.ts";
import { sharedServicesOf } from "../program/shared-services.ts";
import { renderNat } from "../program/render-nat.ts";

/** Name of the nftables table with the ClusterIPs on nodes of real Calico: neither Calico's nor the reference's. */
export const servicesTable = "encaplab-services";

/**
 * ClusterIPs, NodePorts and load balancer addresses of a node for `nft -f`: what kube-proxy would do, by our own rules, for there is no Kubernetes. Only the
 * translation to the backend, and the masquerade of a pod that reaches itself and of requests from outside; all other NAT is Calico's.
 */
export function renderServices(plan: Plan, identities: Identities, node: string): string {
  return plan.families.map((family) => renderFamily(identities, node, family)).join("");
}

function renderFamily(identities: Identities, node: string, family: Family): string {
  const addressOf = (name: string): string | undefined =>
    [...identities.pods, ...identities.nodes].find((backend) => backend.name === name)?.addresses[family];
  const program = {
    family,
    pools: [],
    masqueraded: [],
    tunnels: [],
    services: identities.services.flatMap(({ backend: name, clusterIps, port, targetPort }) => {
      const backend = addressOf(name);
      const clusterIp = clusterIps[family];
      return backend === undefined || clusterIp === undefined ? [] : { clusterIp, port, backend, targetPort };
    }),
    ...sharedServicesOf(identities.shared, identities.pods, family),
    ...nodePortsOf(identities.services, identities.pods, node, family),
    ...balancedOf(identities.services, identities.pods, node, family),
    localPods: identities.pods.flatMap((pod) => (pod.node === node ? (pod.addresses[family] ?? []) : [])),
  };
  return renderNat(program, servicesTable);
}
