import { LabError, formatError } from "../core/errors.ts";
import { discoverPlan } from "../provider/cluster/discover-plan.ts";
import { renderRole } from "../kubernetes/permissions.ts";
import { diagramText } from "../topology/diagram.ts";
import { accessOf, clusterProviderOf, type ClusterOptions } from "./cluster-options.ts";

/**
 * What `doctor` says of a cluster: its racks and mode, what keeps it from being used, and the smallest role that runs need. The
 * role is printed without a cluster too: whoever grants it may be somebody else.
 */
export async function doctorCluster(options: ClusterOptions): Promise<string> {
  const role = [
    "# The rights that runs need: bind this role to the kubeconfig's user (kubectl create clusterrolebinding).",
    "# Pods of the run are privileged to send raw packets: its namespace has Pod Security level privileged.",
    renderRole(options.allowModeChange === true),
  ].join("\n");
  if (options.kubeconfig === undefined) return role;
  return [await findings(options), role].join("\n\n");
}

async function findings(options: ClusterOptions): Promise<string> {
  try {
    const { plan, mode, notices } = await discoverPlan(accessOf(options), undefined);
    const problems = await clusterProviderOf(options, {}).check(plan);
    const rows = problems.map(({ what, fix }) => `cluster   missing  ${what}\n${" ".repeat(19)}→ ${fix}`);
    const ready = `cluster   ready    in mode ${mode.calicoName}; runs on it change nothing without --allow-mode-change`;
    return [diagramText(plan), ...notices, ...(rows.length === 0 ? [ready] : rows)].join("\n");
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return `cluster   missing  ${formatError(error)}`;
  }
}
