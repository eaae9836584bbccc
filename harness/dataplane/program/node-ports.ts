import type { ServiceIdentity } from "../../encap/identity.ts";
import type { PerFamily } from "../../topology/topology.ts";
import type { Family } from "../../topology/topology.ts";
import type { NatNodePort, NatProgram } from "./node-program.ts";

/** A pod that is behind a service. */
interface Backend {
  readonly name: string;
  readonly node: string;
  readonly addresses: PerFamily<string>;
}

/**
 * What a node does with requests to NodePorts, as kube-proxy has it: with externalTrafficPolicy Cluster all nodes pass them on and put
 * their own address in the place of the client's; with Local those that have the backend do, and keep it.
 */
export function nodePortsOf(
  services: readonly Pick<ServiceIdentity, "backend" | "targetPort" | "nodePorts">[],
  pods: readonly Backend[],
  node: string,
  family: Family,
): Pick<NatProgram, "nodePorts"> {
  const nodePorts = services.flatMap(({ backend: name, targetPort, nodePorts: own }): readonly NatNodePort[] => {
    const pod = pods.find((candidate) => candidate.name === name);
    const backend = pod?.addresses[family];
    if (own === undefined || backend === undefined) return [];
    const local = { port: own.local, backend, targetPort, masqueraded: false };
    return [{ port: own.masqueraded, backend, targetPort, masqueraded: true }, ...(pod?.node === node ? [local] : [])];
  });
  return nodePorts.length === 0 ? {} : { nodePorts };
}
