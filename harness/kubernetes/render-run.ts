import { keys, namespaceOf, runLabels, type RunMark } from "./run-mark.ts";

/** An object to be created; kubectl reads JSON as it does YAML. */
export type Manifest = Readonly<Record<string, unknown>>;

/**
 * The namespace of a run. Agents use the host's network and pods send raw packets, which Pod Security allows at level
 * privileged only (kubernetes.io/docs/concepts/security/pod-security-standards: hostNetwork, NET_RAW).
 */
export function renderNamespace({ runId, owner, digest, provider }: RunMark): Manifest {
  const levels = ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "privileged"]);
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespaceOf(runId),
      labels: { ...runLabels(runId), ...(Object.fromEntries(levels) as Record<string, string>) },
      annotations: { [keys.owner]: JSON.stringify(owner), [keys.plan]: digest, [keys.provider]: provider },
    },
  };
}

/** A node that gets an agent. */
export interface AgentPlace {
  /** In the plan. */
  readonly node: string;
  /** In the cluster. */
  readonly nodeName: string;
}

/** What agents and pods are made of. */
export interface PodMaking {
  readonly runId: string;
  readonly ownerPid: number;
  readonly image: string;
}

/** Name of the only container of agents and pods. */
export const container = "main";

/**
 * Capabilities of agents: tcpdump listens by NET_RAW and changes to the user that it is told by SETUID and SETGID, root too;
 * nft lists rules and faults change them by NET_ADMIN. Pods send pings by NET_RAW.
 */
const capabilities = { agent: ["NET_ADMIN", "NET_RAW", "SETGID", "SETUID"], pod: ["NET_RAW"] } as const;

/** One agent on each of the nodes, in the node's own network. */
export function renderAgents(making: PodMaking, places: readonly AgentPlace[]): Manifest {
  const labels = { ...runLabels(making.runId), "encaplab/role": "agent" };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", namespace: namespaceOf(making.runId), labels },
    spec: {
      selector: { matchLabels: { "encaplab/role": "agent" } },
      template: {
        metadata: { labels },
        spec: {
          ...podBasics(making, capabilities.agent),
          hostNetwork: true,
          dnsPolicy: "Default",
          // On every node whatever its taints, and before its network is ready.
          tolerations: [{ operator: "Exists" }],
          affinity: { nodeAffinity: onlyNodes(places.map(({ nodeName }) => nodeName)) },
        },
      },
    },
  };
}

function onlyNodes(names: readonly string[]): Manifest {
  const matchFields = (name: string): Manifest => ({
    matchFields: [{ key: "metadata.name", operator: "In", values: [name] }],
  });
  // A field takes one value only; terms are alternatives.
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: names.map(matchFields) } };
}

/** A pod with a Service of its own. */
export interface WorkloadPlace extends AgentPlace {
  /** Name of the pod in the plan. */
  readonly pod: string;
  /** Name of pod and Service in the cluster: a DNS label (RFC 1035), which the plan's name need not be. */
  readonly objectName: string;
}

/** Ports of a Service and of what answers behind it. */
export interface ServicePorts {
  readonly port: number;
  readonly targetPort: number;
}

/** A pod that stays on its node, and a Service with it as the only backend, so that a ClusterIP path is deterministic. */
export function renderWorkload(
  making: PodMaking,
  place: WorkloadPlace,
  families: readonly (4 | 6)[],
  { port, targetPort }: ServicePorts,
): readonly Manifest[] {
  const { pod, objectName: name, nodeName } = place;
  const namespace = namespaceOf(making.runId);
  const labels = { ...runLabels(making.runId), "encaplab/role": "workload", "encaplab/backend": name };
  const metadata = { name, namespace, labels, annotations: { [keys.pod]: pod } };
  const ipFamilies = families.map((family) => `IPv${family}`);
  const ipFamilyPolicy = families.length > 1 ? "RequireDualStack" : "SingleStack";
  return [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      // The scheduler would leave a pod off a cordoned node; the kubelet takes it.
      spec: { ...podBasics(making, capabilities.pod), nodeName, tolerations: [{ operator: "Exists" }] },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: { "encaplab/backend": name },
        ipFamilies,
        ipFamilyPolicy,
        ports: [
          { name: "http", port, targetPort, protocol: "TCP" },
          { name: "datagrams", port, targetPort, protocol: "UDP" },
        ],
      },
    },
  ];
}

function podBasics({ runId, ownerPid, image }: PodMaking, added: readonly string[]): Manifest {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: container,
        image,
        imagePullPolicy: "IfNotPresent",
        // Reaps what commands leave behind, and ends at once.
        command: ["sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"],
        env: [
          { name: "ENCAPLAB_RUN", value: `${runId}:${ownerPid}` },
          { name: "LC_ALL", value: "C" },
        ],
        resources: { requests: { cpu: "10m", memory: "32Mi" } },
        securityContext: {
          runAsUser: 0,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"], add: added },
          seccompProfile: { type: "RuntimeDefault" },
        },
      },
    ],
  };
}
