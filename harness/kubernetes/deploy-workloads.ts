import { LabError } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import type { Plan } from "../topology/plan.ts";
import { getObjects, kubectl } from "./access.ts";
import { createObjects } from "./create.ts";
import type { ClusterPart } from "./kubernetes-lab.ts";
import { enterPod, podExecutor } from "./pod-executor.ts";
import type { PodObject } from "./pod-state.ts";
import { container, renderWorkload, type Manifest, type PodMaking, type WorkloadPlace } from "./render-run.ts";
import { keys } from "./run-mark.ts";
import { waitForPods } from "./wait-for-pods.ts";

/** A pod of the plan that runs in the cluster. */
interface Workload {
  /** In the plan. */
  readonly pod: string;
  readonly node: string;
  /** In the cluster; with the namespace it decides the name of the pod's device (cni-plugin). */
  readonly objectName: string;
  /** Without prefix. */
  readonly addresses: readonly string[];
  readonly executor: Executor;
  /** The command with which a person opens a shell there. */
  readonly enter: () => readonly string[];
}

/** The Service of a workload. */
interface WorkloadService {
  /** The plan's name of its backend. */
  readonly backend: string;
  readonly clusterIps: readonly string[];
  readonly port: number;
  readonly targetPort: number;
}

export interface Workloads {
  readonly pods: readonly Workload[];
  readonly services: readonly WorkloadService[];
}

/** Makes every pod and Service of a plan, each pod on its node, and returns them once all pods run. */
export async function deployWorkloads(lab: ClusterPart, plan: Plan, making: PodMaking): Promise<Workloads> {
  await createObjects(lab.access, workloadObjects(lab, plan, making));
  return workloadsOf(lab, plan);
}

/** The pods and Services of a plan as they are created. */
export function workloadObjects(
  lab: Pick<ClusterPart, "nodeNames">,
  plan: Plan,
  making: PodMaking,
): readonly Manifest[] {
  return workloadPlaces(lab, plan).flatMap((place) => {
    const service = plan.allocation.services.find(({ backend }) => backend === place.pod);
    return service === undefined ? [] : renderWorkload(making, place, plan.families, service);
  });
}

/** The pods and Services of a run, once all of its pods run. */
export async function workloadsOf(lab: ClusterPart, plan: Plan): Promise<Workloads> {
  const { access, namespace } = lab;
  const selector = "encaplab/role=workload";
  const places = workloadPlaces(lab, plan);
  const pods = await waitForPods(access, { namespace, selector, what: "pods", count: places.length });
  const services = await getObjects<ServiceObject>(access, ["services", "-n", namespace, "-l", selector]);
  return {
    pods: places.map((place) => workload(lab, place, pods)),
    services: services.flatMap(serviceOf),
  };
}

/** Where each pod of the plan goes, and what it is called there: numbered, because names of nodes may be long and dotted. */
function workloadPlaces({ nodeNames }: Pick<ClusterPart, "nodeNames">, plan: Plan): readonly WorkloadPlace[] {
  return plan.nodes.flatMap(({ name: node, pods }, index) =>
    pods.map((pod, number) => ({
      node,
      nodeName: nodeNames[node] ?? node,
      pod,
      objectName: `w${index + 1}-p${number + 1}`,
    })),
  );
}

function workload({ access, namespace }: ClusterPart, place: WorkloadPlace, pods: readonly PodObject[]): Workload {
  const { pod, node, objectName } = place;
  const object = pods.find(({ metadata }) => metadata.name === objectName);
  if (object === undefined) throw new LabError(`pod ${pod} is gone`, { where: access.name });
  const where = `pod ${pod} (${namespace}/${objectName})`;
  const address = { namespace, pod: objectName, container, where };
  const executor = podExecutor(access, address);
  const addresses = (object.status.podIPs ?? []).map(({ ip }) => ip);
  return { pod, node, objectName, addresses, executor, enter: enterPod(access, address) };
}

interface ServiceObject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly { readonly port: number; readonly targetPort: number }[];
  };
}

function serviceOf({ metadata, spec }: ServiceObject): readonly WorkloadService[] {
  const backend = metadata.annotations?.[keys.pod];
  const [first] = spec.ports ?? [];
  if (backend === undefined || first === undefined) return [];
  return [{ backend, clusterIps: spec.clusterIPs ?? [], port: first.port, targetPort: first.targetPort }];
}

/** Removes all pods and Services of a run, for others to take their names. Idempotent. */
export async function removeWorkloads({ access, namespace }: ClusterPart): Promise<void> {
  const selector = ["-l", "encaplab/role=workload"];
  await kubectl(access, ["delete", "pods,services", "-n", namespace, ...selector, "--wait=true", "--timeout=30s"]);
}
