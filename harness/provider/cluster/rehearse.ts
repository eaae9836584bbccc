import { stringify } from "yaml";
import { ownerOf } from "../../lab/owner-machine.ts";
import type { Lab } from "../../lab/lab.ts";
import { workloadObjects } from "../../kubernetes/deploy-workloads.ts";
import type { KubernetesLab } from "../../kubernetes/kubernetes-lab.ts";
import { renderAgents, renderNamespace } from "../../kubernetes/render-run.ts";
import { namespaceOf } from "../../kubernetes/run-mark.ts";
import type { Plan } from "../../topology/plan.ts";
import { placesOf, type ClusterOptions } from "./index.ts";

/** What a run would make in a cluster: every object as it is created, and the commands that remove them. */
export async function rehearseCluster(
  plan: Plan,
  runId: string,
  { access, image = "IMAGE" }: ClusterOptions,
): Promise<{ readonly lab: Lab; readonly text: string }> {
  const owner = await ownerOf(process.pid);
  const making = { runId, ownerPid: owner.pid, image };
  const namespace = namespaceOf(runId);
  const nodeNames = Object.fromEntries(plan.nodes.map(({ name }) => [name, name]));
  const kubernetes = { access, namespace, image, standing: "guest", nodeNames } as const;
  const objects = [
    renderNamespace({ runId, owner, digest: plan.digest, provider: "cluster" }),
    renderAgents(making, placesOf(plan)),
    ...workloadObjects(kubernetes, plan, making),
  ];
  const base = { runId, provider: "cluster", plan, nodes: [], routers: [] };
  const lab: KubernetesLab = { ...base, kubernetes, shared: true, borrowed: true };
  const lines = [
    `# objects: ${objects.length}, all in namespace ${namespace} or the namespace itself; kubectl create -f -`,
    ...objects.flatMap((object) => ["---", stringify(object, { aliasDuplicateObjects: false }).trimEnd()]),
    "# at the end, whatever happens:",
    `# kubectl delete daemonsets,pods,services -n ${namespace} -l app.kubernetes.io/managed-by=encaplab --grace-period=0 --force`,
    `# kubectl delete namespace ${namespace}`,
  ];
  return { lab, text: lines.join("\n") };
}
