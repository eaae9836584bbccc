import type { Mode } from "../../encap/mode.ts";
import { configuredMode, readPools, type ClusterPools } from "../../kubernetes/ip-pools.ts";
import { getObjects, itemsOf, kubectl, tryKubectl, type ClusterAccess } from "../../kubernetes/access.ts";
import { calicoNodeLabel } from "../../kubernetes/calico-node.ts";
import { saysNotThere } from "../../kubernetes/kubectl-failure.ts";

/** What a cluster tells of its Calico. */
export interface CalicoState extends ClusterPools {
  readonly access: ClusterAccess;
  /** "v3.32.1"; "unknown version" where it does not say. */
  readonly version: string;
  /** Release of the cluster's API server. */
  readonly kubernetes: string;
  /** Missing where no operator manages Calico. */
  readonly installation?: Installation;
  readonly tigeraStatus: readonly TigeraStatus[];
  readonly nodeDaemon?: NodeDaemon;
}

/** The operator's resource, as far as modes depend on it. */
export interface Installation {
  readonly name: string;
  readonly pools: readonly { readonly name?: string; readonly cidr: string; readonly encapsulation?: string }[];
  readonly bgp?: string;
}

/** One component's state as the operator tells it. */
interface TigeraStatus {
  readonly component: string;
  readonly available: boolean;
  readonly degraded: boolean;
  readonly message: string;
}

/** The DaemonSet of calico-node. */
interface NodeDaemon {
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
  readonly ready: number;
  readonly image: string;
  /** CALICO_NETWORKING_BACKEND: "bird", "vxlan" or "none". */
  readonly backend: string;
}

/** Reads all of it, side by side; a LabError where there is no Calico or the API does not answer. */
export async function readCalico(access: ClusterAccess): Promise<CalicoState> {
  const { group, pools } = await readPools(access);
  const [information, installations, statuses, daemons, kubernetes] = await Promise.all([
    optional<InformationObject>(access, `clusterinformations.${group}`),
    optional<InstallationObject>(access, "installations.operator.tigera.io"),
    optional<StatusObject>(access, "tigerastatuses.operator.tigera.io"),
    getObjects<DaemonObject>(access, ["daemonsets", "-A", "-l", calicoNodeLabel]),
    serverVersion(access),
  ]);
  const installation = installations.map(installationOf)[0];
  const [daemon] = daemons;
  const nodeDaemon = daemon === undefined ? undefined : await nodeDaemonOf(access, daemon);
  return {
    access,
    group,
    pools,
    version: information[0]?.spec?.calicoVersion ?? versionIn(nodeDaemon?.image) ?? "unknown version",
    kubernetes,
    ...(installation === undefined ? {} : { installation }),
    tigeraStatus: statuses.map(tigeraStatusOf),
    ...(nodeDaemon === undefined ? {} : { nodeDaemon }),
  };
}

/** The mode that the pools are configured for. */
export function modeOf({ pools, access }: CalicoState): Mode {
  return configuredMode(pools, access.name);
}

/** Objects of a kind that a cluster may not know, or that this user may not see: [] then. */
async function optional<T>(access: ClusterAccess, resource: string): Promise<readonly T[]> {
  const args = ["get", resource, "-o", "json"];
  const result = await tryKubectl(access, args);
  if (result.exitCode !== 0 && (saysNotThere(result) || result.stderr.includes("(Forbidden)"))) return [];
  const { stdout } = result.exitCode === 0 ? result : await kubectl(access, args);
  return itemsOf(stdout, access.name) as readonly T[];
}

async function serverVersion(access: ClusterAccess): Promise<string> {
  const { stdout } = await kubectl(access, ["version", "-o", "json"]);
  const { serverVersion } = JSON.parse(stdout) as { serverVersion?: { gitVersion?: string } };
  return serverVersion?.gitVersion ?? "unknown version";
}

function versionIn(image: string | undefined): string | undefined {
  return /:(v\d+\.\d+\.\d+\S*)$/.exec(image ?? "")?.[1];
}

interface InformationObject {
  readonly spec?: { readonly calicoVersion?: string };
}

interface InstallationObject {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly calicoNetwork?: { readonly bgp?: string; readonly ipPools?: Installation["pools"] };
  };
}

function installationOf({ metadata, spec }: InstallationObject): Installation {
  const { bgp, ipPools } = spec?.calicoNetwork ?? {};
  return { name: metadata.name, pools: ipPools ?? [], ...(bgp === undefined ? {} : { bgp }) };
}

interface StatusObject {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

function tigeraStatusOf({ metadata, status }: StatusObject): TigeraStatus {
  const is = (type: string) => status?.conditions?.find((condition) => condition.type === type);
  return {
    component: metadata.name,
    available: is("Available")?.status === "True",
    degraded: is("Degraded")?.status === "True",
    message: is("Degraded")?.message ?? "",
  };
}

interface DaemonObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly image: string;
          readonly env?: readonly {
            readonly name: string;
            readonly value?: string;
            readonly valueFrom?: { readonly configMapKeyRef?: { readonly name: string; readonly key: string } };
          }[];
        }[];
      };
    };
  };
  readonly status: { readonly desiredNumberScheduled?: number; readonly numberReady?: number };
}

async function nodeDaemonOf(access: ClusterAccess, { metadata, spec, status }: DaemonObject): Promise<NodeDaemon> {
  const container = spec.template.spec.containers.find(({ name }) => name === "calico-node");
  const setting = container?.env?.find(({ name }) => name === "CALICO_NETWORKING_BACKEND");
  const source = setting?.valueFrom?.configMapKeyRef;
  const backend =
    setting?.value ?? (source === undefined ? "bird" : await configValue(access, metadata.namespace, source));
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    desired: status.desiredNumberScheduled ?? 0,
    ready: status.numberReady ?? 0,
    image: container?.image ?? "",
    backend,
  };
}

async function configValue(
  access: ClusterAccess,
  namespace: string,
  { name, key }: { readonly name: string; readonly key: string },
): Promise<string> {
  const { stdout } = await kubectl(access, ["get", "configmap", name, "-n", namespace, "-o", "json"]);
  const { data } = JSON.parse(stdout) as { data?: Readonly<Record<string, string>> };
  return data?.[key] ?? "bird";
}
