import { poll, type Look } from "../../core/poll.ts";
import { kubectl } from "../../kubernetes/access.ts";
import type { ClusterPart } from "../../kubernetes/kubernetes-lab.ts";
import { isReady } from "../../kubernetes/pod-state.ts";
import { calicoContainer, calicoPodOn, calicoPods } from "./calico-pods.ts";
import { calicoNodeLabel } from "../../kubernetes/calico-node.ts";

/** Milliseconds for a new calico-node to be ready: 5 to 15 s are usual, minutes on a busy machine. */
const readyTimeoutMs = 180_000;

/** Removes the pod of calico-node from a node, as a rolling update does, and returns when the one that takes its place is ready. */
export async function restartCalico({ access, nodeNames }: ClusterPart, node: string): Promise<void> {
  const nodeName = nodeNames[node] ?? node;
  const former = calicoPodOn(await calicoPods(access), nodeName, access);
  const { namespace, pod } = calicoContainer(former);
  await kubectl(access, ["delete", "pod", pod, "-n", namespace, "--wait=false"]);
  const look = async (): Promise<Look<undefined>> => {
    const own = (await calicoPods(access)).filter(({ spec }) => spec.nodeName === nodeName);
    const next = own.find(({ metadata }) => metadata.uid !== former.metadata.uid);
    if (next !== undefined && isReady(next)) return { done: true, value: undefined };
    return {
      done: false,
      seen: next === undefined ? "the former pod is still there" : `${next.metadata.name} is not ready`,
    };
  };
  await poll(look, {
    what: `calico-node to be ready again on ${nodeName}`,
    timeoutMs: readyTimeoutMs,
    intervalMs: 250,
    where: access.name,
    fix: `kubectl describe pods -n ${namespace} -l ${calicoNodeLabel}`,
  });
}
