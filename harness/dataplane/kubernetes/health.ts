import { LabError } from "../../core/errors.ts";
import { poll, type Look } from "../../core/poll.ts";
import type { ClusterAccess } from "../../kubernetes/access.ts";
import { readCalico, type CalicoState } from "./calico-state.ts";

/** Milliseconds for which a trouble must last: the operator reports Degraded during any roll-out. */
const patienceMs = 30_000;

/** Components of the operator's whose state says something about the way of packets; `tiers` and `apiserver` do not. */
const relevant = ["calico", "ippools"];

/** What keeps Calico from being judged: calico-node is not everywhere, or the operator says that something is wrong. */
export function healthTroubles({ nodeDaemon, tigeraStatus }: CalicoState): readonly string[] {
  const daemon =
    nodeDaemon === undefined
      ? ["the cluster runs no calico-node (no DaemonSet with the label k8s-app=calico-node)"]
      : nodeDaemon.ready < nodeDaemon.desired
        ? [`calico-node is ready on ${nodeDaemon.ready} of ${nodeDaemon.desired} nodes`]
        : [];
  const degraded = tigeraStatus
    .filter((status) => status.degraded && relevant.includes(status.component))
    .map(({ component, message }) => `TigeraStatus ${component} is degraded: ${message || "no reason given"}`);
  return [...daemon, ...degraded];
}

/** Returns Calico's state once nothing is wrong with it; throws with what is wrong where that lasts. */
export async function healthyCalico(access: ClusterAccess, timeoutMs: number = patienceMs): Promise<CalicoState> {
  let last: CalicoState | undefined;
  const look = async (): Promise<Look<CalicoState>> => {
    last = await readCalico(access);
    const troubles = healthTroubles(last);
    return troubles.length === 0 ? { done: true, value: last } : { done: false, seen: troubles.join("; ") };
  };
  try {
    return await poll(look, { what: "Calico to be healthy", timeoutMs, intervalMs: 500, where: access.name });
  } catch (error) {
    const troubles = last === undefined ? [] : healthTroubles(last);
    if (troubles.length === 0 || !(error instanceof LabError)) throw error;
    throw new LabError(`Calico is not healthy: ${troubles.join("; ")}`, {
      where: access.name,
      fix: "kubectl get tigerastatus; kubectl get pods -A -l k8s-app=calico-node; see the logs of those that are not ready",
      cause: error,
    });
  }
}
