import type { ServiceIdentity } from "../../encap/identity.ts";
import type { Family, PerFamily } from "../../topology/topology.ts";
import type { NatBalanced, NatProgram } from "./node-program.ts";

/**
 * What a node does with requests to load balancer addresses, as kube-proxy has it for the addresses in a Service's status: with
 * externalTrafficPolicy Cluster every node passes them on and puts its own address in the place of the client's; with Local the
 * backend's node does, and keeps it, and all others drop them.
 */
export function balancedOf(
  services: readonly Pick<ServiceIdentity, "backend" | "port" | "targetPort" | "balanced">[],
  pods: readonly { readonly name: string; readonly node: string; readonly addresses: PerFamily<string> }[],
  node: string,
  family: Family,
): Pick<NatProgram, "balanced" | "droppedBalanced"> {
  const known = services.flatMap(({ backend: name, port, targetPort, balanced: own }) => {
    const pod = pods.find((candidate) => candidate.name === name);
    const backend = pod?.addresses[family];
    const [cluster, local] = [own?.masqueraded[family], own?.local[family]];
    if (pod === undefined || backend === undefined || cluster === undefined || local === undefined) return [];
    return [{ cluster, local, isHere: pod.node === node, to: { port, backend, targetPort } }];
  });
  const balanced = known.flatMap(({ cluster, local, isHere, to }): readonly NatBalanced[] => [
    { address: cluster, ...to, masqueraded: true },
    ...(isHere ? [{ address: local, ...to, masqueraded: false }] : []),
  ]);
  const dropped = known.filter(({ isHere }) => !isHere).map(({ local }) => local);
  return {
    ...(balanced.length === 0 ? {} : { balanced }),
    ...(dropped.length === 0 ? {} : { droppedBalanced: dropped }),
  };
}
