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
 * their own address in the place of the client's; with Local those that have the backend do, and keep it, and all others drop them.
 */
export function nodePortsOf(
  services: readonly Pick<ServiceIdentity, "backend" | "targetPort" | "nodePorts">[],
  pods: readonly Backend[],
  node: string,
  family: Family,
): Pick<NatProgram, "nodePorts" | "dropped"> {
  const nodePorts = services.flatMap(({ backend: name, targetPort, nodePorts: own }): readonly NatNodePort[] => {
    const pod = pods.find((candidate) => candidate.name === name);
    const backend = pod?.addresses[family];
    if (own === undefined || backend === undefined) return [];
    const local = { port: own.local, backend, targetPort, masqueraded: false };
    return [{ port: own.masqueraded, backend, targetPort, masqueraded: true }, ...(pod?.node === node ? [local] : [])];
  });
  const own = new Set(nodePorts.map(({ port }) => port));
  const dropped = services.flatMap(({ nodePorts: ports }) =>
    ports === undefined || own.has(ports.local) ? [] : [ports.local],
  );
  return { ...(nodePorts.length === 0 ? {} : { nodePorts }), ...(dropped.length === 0 ? {} : { dropped }) };
}
