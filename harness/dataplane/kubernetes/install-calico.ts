import { poll, type Look } from "../../core/poll.ts";
import type { Mode } from "../../encap/mode.ts";
import { kubectl, tryKubectl, type ClusterAccess } from "../../kubernetes/access.ts";
import { calicoNodeLabel } from "../../kubernetes/calico-node.ts";
import { createObjects } from "../../kubernetes/create.ts";
import { waitForPods } from "../../kubernetes/wait-for-pods.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import { adaptManifest } from "./adapt-manifest.ts";
import { readCalico, type CalicoState } from "./calico-state.ts";
import { healthTroubles } from "./health.ts";
import { readManifest, type ManifestSource } from "./manifest-source.ts";
import type { LinuxDataplane } from "./linux-dataplane.ts";
import { renderInstallation } from "./render-installation.ts";

/** How Calico is to be installed in a cluster of the lab's own. */
export interface CalicoInstallation extends ManifestSource {
  readonly by: "operator" | "manifest";
  readonly linuxDataplane: LinuxDataplane;
}

/** Milliseconds for all of Calico to run on all nodes: 14 s to 30 s with the images already there, minutes where they are pulled. */
const installTimeoutMs = 420_000;

/** Milliseconds for definitions to be known to the API after they were created. */
const definitionsTimeoutMs = 30_000;

/** Files of a release by which the operator comes; its definitions are a file of their own since v3.32. */
const operatorFiles = ["operator-crds.yaml", "tigera-operator.yaml"] as const;

/** Installs Calico in a mode and returns its state once calico-node is ready on every node and a pool exists. */
export async function installCalico(
  access: ClusterAccess,
  plan: Plan,
  mode: Mode,
  installation: CalicoInstallation,
  watch: Stopwatch,
): Promise<CalicoState> {
  if (installation.by === "operator") await byOperator(access, plan, mode, installation);
  else await byManifest(access, plan, mode, installation);
  watch.reached("Calico applied");
  const selector = calicoNodeLabel;
  const namespace = installation.by === "operator" ? "calico-system" : "kube-system";
  const { length: count } = plan.nodes;
  await waitForPods(access, { namespace, selector, what: "calico-node pods", count, timeoutMs: installTimeoutMs });
  const state = await poll(() => lookAtCalico(access), {
    what: "Calico to be ready",
    timeoutMs: installTimeoutMs,
    intervalMs: 500,
    where: access.name,
  });
  watch.reached("calico-node ready");
  return state;
}

async function byManifest(access: ClusterAccess, plan: Plan, mode: Mode, source: CalicoInstallation): Promise<void> {
  const objects = await readManifest(source, "calico.yaml");
  await createObjects(access, adaptManifest(objects, plan, mode, source.linuxDataplane));
}

/** Definitions first: the API must know a kind before an object of it can be created. */
async function byOperator(access: ClusterAccess, plan: Plan, mode: Mode, source: CalicoInstallation): Promise<void> {
  for (const file of operatorFiles) await createObjects(access, await readManifest(source, file));
  await established(access, "installations.operator.tigera.io");
  await kubectl(
    access,
    ["rollout", "status", "deployment/tigera-operator", "-n", "tigera-operator", "--timeout=180s"],
    {
      timeoutMs: 200_000,
    },
  );
  await createObjects(access, renderInstallation(plan, mode, source.linuxDataplane));
}

async function established(access: ClusterAccess, resource: string): Promise<void> {
  const look = async (): Promise<Look<undefined>> => {
    const { exitCode, stderr } = await tryKubectl(access, ["get", resource]);
    return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stderr.trim() };
  };
  await poll(look, { what: `the API to know ${resource}`, timeoutMs: definitionsTimeoutMs, intervalMs: 200 });
}

async function lookAtCalico(access: ClusterAccess): Promise<Look<CalicoState>> {
  const state = await readCalico(access);
  // The operator's Degraded flickers during a roll-out, and its API server takes images of its own: the DaemonSet counts.
  const troubles = healthTroubles({ ...state, tigeraStatus: [] });
  if (troubles.length > 0) return { done: false, seen: troubles.join("; ") };
  return state.pools.length > 0 ? { done: true, value: state } : { done: false, seen: "no IP pool exists yet" };
}
