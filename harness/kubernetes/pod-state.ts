/** What is read of a pod as `kubectl get pods -o json` has it. */
export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  /** As the pod names it, and as the runtime found it: "docker.io/calico/node@sha256:…". */
  readonly image?: string;
  readonly imageID?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly message?: string };
  };
}

/** Why a pod does not run; `lasting` where waiting does not help. */
export interface PodTrouble {
  readonly what: string;
  readonly lasting: boolean;
  readonly fix?: string;
}

/** Whether a pod runs with all its containers ready. */
export function isReady({ status }: PodObject): boolean {
  return status.phase === "Running" && (status.containerStatuses ?? []).every(({ ready }) => ready === true);
}

const imageReasons = ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError"];

/** What keeps a pod from running, as the cluster tells it; undefined where it runs. */
export function podTrouble(pod: PodObject): PodTrouble | undefined {
  if (isReady(pod)) return undefined;
  const name = pod.metadata.name;
  const { status } = pod;
  const unscheduled = status.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled !== undefined) {
    return {
      what: `pod ${name} is not scheduled: ${unscheduled.message ?? unscheduled.reason ?? "no reason given"}`,
      lasting: unscheduled.reason === "Unschedulable",
      fix: "free up resources on that node, or leave it out of the topology file",
    };
  }
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const waiting = containers.flatMap(({ state }) => state?.waiting ?? [])[0];
  if (waiting?.reason !== undefined && imageReasons.includes(waiting.reason)) {
    return {
      what: `node ${pod.spec.nodeName ?? "?"} cannot pull the image of pod ${name}: ${waiting.message ?? waiting.reason}`,
      // The first attempt may fail for a moment; the second is after a back-off.
      lasting: waiting.reason !== "ErrImagePull",
      fix: "name an image that the nodes can pull by --agent-image, or load it on every node beforehand",
    };
  }
  if (status.phase === "Failed") {
    const what = `pod ${name} was refused: ${status.message ?? status.reason ?? "no reason given"}`;
    return { what, lasting: true, fix: "see kubectl describe of that pod" };
  }
  const ended = containers.flatMap(({ state }) => state?.terminated ?? [])[0];
  const crashed = waiting?.reason === "CrashLoopBackOff" || waiting?.reason === "CreateContainerConfigError";
  const reason = waiting?.message ?? waiting?.reason ?? ended?.reason ?? status.phase ?? "no state yet";
  return { what: `pod ${name} on ${pod.spec.nodeName ?? "no node"}: ${reason}`, lasting: crashed };
}
