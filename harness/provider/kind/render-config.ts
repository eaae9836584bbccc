import { stringify } from "yaml";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import { clusterName } from "./kind-names.ts";

/** How kube-proxy programs Services; "none" leaves it out, as eBPF dataplanes want it. */
export const proxyModes = ["iptables", "nftables", "ipvs", "none"] as const;
export type ProxyMode = (typeof proxyModes)[number];

/** What a cluster's configuration depends on beside the plan. */
export interface ConfigOptions {
  /** Default: kube-proxy's own default, iptables. */
  readonly proxyMode?: ProxyMode;
  /** Image of every node; default: the one that this kind was released with. */
  readonly nodeImage?: string;
  /** Ask the mirror in `/etc/containerd/certs.d` before any registry. */
  readonly mirrored?: boolean;
}

/** Where containerd looks for mirrors (containerd: docs/hosts.md). */
export const mirrorFolder = "/etc/containerd/certs.d";

/**
 * The cluster of a plan as kind.x-k8s.io/v1alpha4: a node per planned node, the first one the control plane, without a CNI, pods in
 * the topology's pools and Services in its service network.
 */
export function renderConfig(plan: Plan, runId: string, options: ConfigOptions = {}): string {
  const { topology, families } = plan;
  const { proxyMode, nodeImage, mirrored = false } = options;
  const image = nodeImage === undefined ? {} : { image: nodeImage };
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: clusterName(runId),
    networking: {
      disableDefaultCNI: true,
      ipFamily: ipFamily(families),
      podSubnet: families.map((family) => poolOf(plan, family)).join(","),
      serviceSubnet: families.map((family) => topology.services[family]).join(","),
      ...(proxyMode === undefined ? {} : { kubeProxyMode: proxyMode }),
    },
    ...(mirrored ? { containerdConfigPatches: [mirrorPatch] } : {}),
    nodes: plan.nodes.map(({ name, uplink }, index) => ({
      role: index === 0 ? "control-plane" : "worker",
      ...image,
      labels: { "encaplab/node": name, "encaplab/rack": uplink.segment },
    })),
  });
}

/** The pool that pods of a family take their addresses from: the first of the topology. */
export function poolOf({ topology }: Plan, family: Family): string | undefined {
  return topology.pools.find((pool) => pool.family === family)?.cidr;
}

/** Node images of kind keep version 2 of containerd's configuration, whichever containerd they have. */
const mirrorPatch = `[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${mirrorFolder}"
`;

function ipFamily(families: readonly Family[]): string {
  if (families.length > 1) return "dual";
  return families[0] === 6 ? "ipv6" : "ipv4";
}
