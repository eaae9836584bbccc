import { LabError } from "../../core/errors.ts";
import { poll, type Look } from "../../core/poll.ts";
import { podExecutor } from "../../kubernetes/pod-executor.ts";
import type { ClusterPart } from "../../kubernetes/kubernetes-lab.ts";
import { calicoContainer, calicoPods } from "./calico-pods.ts";

/** Milliseconds for Felix to restart with the pools' encapsulations and to write the MTU (2 to 6 s are usual). */
const mtuTimeoutMs = 45_000;

/** File that Felix writes, and from which the CNI plugin takes the MTU of the pods that it makes (felix/dataplane/mtu; cni-plugin). */
const mtuFile = "/var/lib/calico/mtu";

/**
 * Waits until every node gives new pods the MTU of the mode: Felix finds it out some time after the pools changed, and pods that are
 * made before keep the old one. A note where it stays another, as by FelixConfiguration, or cannot be read.
 */
export async function newPodsGet(
  mtu: number,
  { access, nodeNames }: ClusterPart,
  timeoutMs: number = mtuTimeoutMs,
): Promise<readonly string[]> {
  const wanted = new Set(Object.values(nodeNames));
  const look = async (): Promise<Look<readonly string[]>> => {
    const pods = (await calicoPods(access)).filter(({ spec }) => wanted.has(spec.nodeName ?? ""));
    const others = await Promise.all(
      pods.map(async (pod) => {
        const { exitCode, stdout } = await podExecutor(access, calicoContainer(pod)).tryRun(["cat", mtuFile]);
        const own = exitCode === 0 ? stdout.trim() : "unreadable";
        return own === String(mtu) ? [] : [`${pod.spec.nodeName ?? "?"}: ${own}`];
      }),
    );
    const behind = others.flat();
    return behind.length === 0 ? { done: true, value: [] } : { done: false, seen: behind.join(", ") };
  };
  try {
    return await poll(look, { what: `${mtuFile} to say ${mtu}`, timeoutMs, intervalMs: 300 });
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [`the MTU that Calico gives new pods is not the mode's ${mtu}: ${error.message}`];
  }
}
