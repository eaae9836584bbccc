import { runIdPattern } from "../../core/run-id.ts";

/** Docker label that kind puts on its node containers; its value is the cluster's name. */
export const clusterKey = "io.x-k8s.kind.cluster";

/** Docker network on which kind puts every node (kind: pkg/cluster/internal/providers/docker/network.go). */
export const managementNetwork = "kind";

/** Name of a lab's cluster: `encaplab-kind-7f3kq`. Node containers carry no labels of ours, so it tells by itself whose they are. */
export function clusterName(runId: string): string {
  return `encaplab-kind-${runId}`;
}

const pattern = new RegExp(`^encaplab-kind-(${runIdPattern})$`);

/** The run of a cluster's name; undefined for clusters that are none of ours. */
export function runOfCluster(name: string): string | undefined {
  return pattern.exec(name)?.[1];
}

/** The kubeconfig context that kind makes for a cluster. */
export function contextName(runId: string): string {
  return `kind-${clusterName(runId)}`;
}

/**
 * Node container (and Kubernetes node) of the plan's node at that place: the first is the control plane, the others are workers,
 * numbered from the second on (kind: pkg/cluster/internal/providers/common/namer.go).
 */
export function nodeContainer(runId: string, index: number): string {
  if (index === 0) return `${clusterName(runId)}-control-plane`;
  return `${clusterName(runId)}-worker${index === 1 ? "" : index}`;
}

/** Name of the provider, also on the labels of what it makes. */
export const provider = "kind";
