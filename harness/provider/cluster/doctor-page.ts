import { LabError, formatError } from "../../core/errors.ts";
import type { ClusterAccess } from "../../kubernetes/access.ts";
import { renderRole } from "../../kubernetes/permissions.ts";
import { diagramText } from "../../topology/diagram.ts";
import type { Provider } from "../provider.ts";
import { discoverPlan } from "./discover-plan.ts";

/** What `doctor` looks at; without a cluster only the role is printed. */
interface Looked {
  readonly access?: ClusterAccess;
  readonly provider?: Provider;
  readonly allowModeChange: boolean;
}

/**
 * What `doctor` says of a cluster: its racks and mode, what keeps it from being used, and the smallest role that runs need. The
 * role is printed without a cluster too: whoever grants it may be somebody else.
 */
export async function doctorPage({ access, provider, allowModeChange }: Looked): Promise<string> {
  const role = [
    "# The rights that runs need: bind this role to the kubeconfig's user (kubectl create clusterrolebinding).",
    "# Pods of the run are privileged to send raw packets: its namespace has Pod Security level privileged.",
    renderRole(allowModeChange),
  ].join("\n");
  if (access === undefined || provider === undefined) return role;
  return [await findings(access, provider), role].join("\n\n");
}

async function findings(access: ClusterAccess, provider: Provider): Promise<string> {
  try {
    const { plan, mode, notices } = await discoverPlan(access, undefined);
    const problems = await provider.check(plan);
    const rows = problems.map(({ what, fix }) => `cluster   missing  ${what}\n${" ".repeat(19)}→ ${fix}`);
    const ready = `cluster   ready    in mode ${mode.calicoName}; runs on it change nothing without --allow-mode-change`;
    return [diagramText(plan), ...notices, ...(rows.length === 0 ? [ready] : rows)].join("\n");
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return `cluster   missing  ${formatError(error)}`;
  }
}
