import { LabError } from "../core/errors.ts";
import type { LabNode } from "../lab/lab.ts";
import type { ClusterAccess } from "./access.ts";
import { createObjects } from "./create.ts";
import { enterPod, podExecutor } from "./pod-executor.ts";
import type { PodObject } from "./pod-state.ts";
import { container, renderAgents, type AgentPlace, type PodMaking } from "./render-run.ts";
import { namespaceOf } from "./run-mark.ts";
import { waitForPods } from "./wait-for-pods.ts";

/**
 * Puts an agent on every node and returns the nodes with executors in the node's own network. The run's namespace must be
 * there, and its removal registered: agents go with it.
 */
export async function deployAgents(
  access: ClusterAccess,
  making: PodMaking,
  places: readonly AgentPlace[],
): Promise<readonly LabNode[]> {
  await createObjects(access, [renderAgents(making, places)]);
  return agentsOf(access, making.runId, places);
}

/** The agents of a run, once all of them run. */
export async function agentsOf(
  access: ClusterAccess,
  runId: string,
  places: readonly AgentPlace[],
): Promise<readonly LabNode[]> {
  const namespace = namespaceOf(runId);
  const awaited = { namespace, selector: "encaplab/role=agent", what: "agents", count: places.length };
  const pods = await waitForPods(access, awaited);
  return places.map(({ node, nodeName }): LabNode => {
    const pod = agentOn(pods, nodeName, access);
    const where = `node ${node} (pod ${namespace}/${pod})`;
    const address = { namespace, pod, container, where };
    const executor = podExecutor(access, address);
    return { name: node, role: "node", executor, enter: enterPod(access, address), namespacePrefix: `${namespace}-` };
  });
}

function agentOn(pods: readonly PodObject[], nodeName: string, access: ClusterAccess): string {
  const pod = pods.find(({ spec }) => spec.nodeName === nodeName);
  if (pod !== undefined) return pod.metadata.name;
  throw new LabError(`no agent runs on node ${nodeName}`, {
    where: access.name,
    fix: `check that the cluster has that node: kubectl get nodes`,
  });
}
