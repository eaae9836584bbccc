import type { Family, PerFamily } from "../topology/topology.ts";
import { getObjects, type ClusterAccess } from "./access.ts";

/** A node of a cluster, with what Calico has registered for it. */
export interface ClusterNode {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly notReadyBecause?: string;
  /** Address with prefix, as Calico registered it (annotation projectcalico.org/IPv4Address). */
  readonly registered: PerFamily<string>;
  /** Without prefix; only for the tunnels that are in use. */
  readonly tunnels: { readonly vxlan: PerFamily<string>; readonly ipip: PerFamily<string> };
  readonly kernel: string;
  readonly kubelet: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A Node as the API tells it. */
export interface NodeObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly nodeInfo?: { readonly kernelVersion?: string; readonly kubeletVersion?: string };
  };
}

/** All nodes of the cluster, in the order of the API (by name). */
export async function readNodes(access: ClusterAccess): Promise<readonly ClusterNode[]> {
  return (await getObjects<NodeObject>(access, ["nodes"])).map(clusterNode);
}

/** Reads a node as the API tells it; annotations as Calico writes them (node/pkg/startup). */
export function clusterNode({ metadata, status }: NodeObject): ClusterNode {
  const note = (key: string): string | undefined => metadata.annotations?.[`projectcalico.org/${key}`];
  const perFamily = (key: (family: Family) => string): PerFamily<string> => {
    const [v4, v6] = [note(key(4)), note(key(6))];
    return { ...(v4 ? { 4: v4 } : {}), ...(v6 ? { 6: v6 } : {}) };
  };
  const readiness = status.conditions?.find(({ type }) => type === "Ready");
  const ready = readiness?.status === "True";
  return {
    name: metadata.name,
    ready,
    ...(ready ? {} : { notReadyBecause: readiness?.message ?? "its kubelet is not reporting" }),
    registered: perFamily((family) => `IPv${family}Address`),
    tunnels: {
      vxlan: perFamily((family) => `IPv${family}VXLANTunnelAddr`),
      ipip: perFamily((family) => `IPv${family}IPIPTunnelAddr`),
    },
    kernel: status.nodeInfo?.kernelVersion ?? "",
    kubelet: status.nodeInfo?.kubeletVersion ?? "",
    labels: metadata.labels ?? {},
  };
}
