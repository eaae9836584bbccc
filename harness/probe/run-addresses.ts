import type { Identities } from "../encap/identity.ts";
import type { RunAddresses } from "./probe-traffic.ts";

/** Who takes part in a run: its pods, and the nodes and ClusterIPs between which its probes go. */
export function runAddresses({ nodes, pods, services, shared = [] }: Identities): RunAddresses {
  const others = [
    ...nodes.flatMap(({ addresses, tunnelAddresses }) => [
      ...Object.values(addresses),
      ...Object.values(tunnelAddresses),
    ]),
    ...[...services, ...shared].flatMap(({ clusterIps }) => Object.values(clusterIps)),
  ];
  return { pods: pods.flatMap(({ addresses }) => Object.values(addresses)), others: [...new Set(others)] };
}
