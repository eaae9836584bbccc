import { LabError } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import type { Plan } from "../../topology/plan.ts";
import type { ProviderContext } from "../context.ts";
import { ownerOf } from "../../lab/owner-machine.ts";
import { byHand, type ClusterAccess } from "../../kubernetes/access.ts";
import { agentsOf, deployAgents } from "../../kubernetes/deploy-agents.ts";
import { readPools } from "../../kubernetes/ip-pools.ts";
import { readNodes } from "../../kubernetes/node-object.ts";
import type { KubernetesLab } from "../../kubernetes/kubernetes-lab.ts";
import { missingPermissions } from "../../kubernetes/permissions.ts";
import type { AgentPlace } from "../../kubernetes/render-run.ts";
import { namespaceOf } from "../../kubernetes/run-mark.ts";
import { findRuns, labelRun, makeRunNamespace, removeRun, runMark } from "../../kubernetes/runs.ts";
import { surveyNodes } from "../../kubernetes/survey-nodes.ts";
import { surveyedPlan } from "../../kubernetes/surveyed-plan.ts";
import type { Capability, Lab, LabNode, LabRef, Problem } from "../../lab/lab.ts";
import { refuseOtherPlan } from "../../lab/identity-errors.ts";
import type { Provider } from "../provider.ts";
import { checkNodes } from "./check-nodes.ts";

const name = "cluster";

/**
 * What a cluster's nodes may be able to do: what they really can is known only once agents run there, and is then asked by
 * the dataplane.
 */
const possible: readonly Capability[] = ["vxlan", "vxlan6", "ipip", "nftables", "ipv6"];

/** What the provider of clusters that exist needs to know. */
export interface ClusterOptions {
  readonly access: ClusterAccess;
  /** Image of agents and pods; a run needs one, looking for labs does not. */
  readonly image?: string;
  /** Nothing may be made: a run is shown only. */
  readonly dryRun?: boolean;
  /** Whether the mode may be changed; asked for here only to check the rights that it takes. */
  readonly allowModeChange?: boolean;
}

/** Provider of labs on an existing cluster: nothing is built but agents, in a namespace that goes at the end. */
export function clusterProvider(context: ProviderContext, options: ClusterOptions): Provider {
  const { access } = options;
  const capabilities = new Set<Capability>();
  return {
    name,
    capabilities,
    kernelHas: "the hosts have",
    asksLater: true,
    check: async (plan) => {
      const problems = await checkCluster(plan, options);
      for (const capability of possible) capabilities.add(capability);
      return problems;
    },
    provision: (plan, runId, scope) => provision(plan, runId, scope, context, options),
    label: (lab, label) => labelRun(access, lab.runId, label),
    discover: () => findRuns(access, name),
    attach: (ref, plan) => attach(ref, plan, options),
    destroy: ({ runId }) => removeRun(access, runId),
  };
}

/** Everything that can be told before something is made; an API that does not answer is the only problem then. */
async function checkCluster(plan: Plan, options: ClusterOptions): Promise<readonly Problem[]> {
  const { access, allowModeChange, image } = options;
  try {
    const [nodes, rights] = await Promise.all([
      readNodes(access),
      missingPermissions(access, allowModeChange === true),
      readPools(access),
    ]);
    return [...rights, ...checkNodes(plan, nodes), ...(image === undefined ? [noImage] : [])];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { fix = "see the error", tail } = error.details;
    return [{ what: [error.message, tail].filter((text) => text !== undefined).join(": "), fix }];
  }
}

const noImage: Problem = {
  what: "no image was given for the agents and pods",
  fix: "--agent-image REF: build it from harness/underlay/containers/Dockerfile and push it where the nodes can pull, or load it on each",
};

function imageOf({ image }: ClusterOptions): string {
  if (image !== undefined) return image;
  throw new LabError(noImage.what, { fix: noImage.fix });
}

async function provision(
  plan: Plan,
  runId: string,
  scope: Scope,
  context: ProviderContext,
  options: ClusterOptions,
): Promise<Lab> {
  const { access, dryRun = false } = options;
  if (dryRun) throw new LabError("--dry-run makes nothing", { fix: "only `suite` shows a run; leave --dry-run out" });
  const image = imageOf(options);
  const owner = await ownerOf(context.ownerPid ?? process.pid);
  await makeRunNamespace(access, { runId, owner, digest: plan.digest, provider: name }, scope);
  const nodes = await deployAgents(access, { runId, ownerPid: owner.pid, image }, placesOf(plan));
  return labOf(plan, runId, nodes, options);
}

async function attach({ runId }: LabRef, plan: Plan, options: ClusterOptions): Promise<Lab> {
  const mark = await runMark(options.access, runId);
  const fix = "the cluster's nodes or their addresses have changed since: take the lab down and build it again";
  refuseOtherPlan(runId, mark, plan, fix);
  return labOf(plan, runId, await agentsOf(options.access, runId, placesOf(plan)), options);
}

async function labOf(
  plan: Plan,
  runId: string,
  nodes: readonly LabNode[],
  options: ClusterOptions,
): Promise<KubernetesLab> {
  const { access, image = "" } = options;
  const real = surveyedPlan(plan, await surveyNodes(plan, nodes), "unseen");
  const nodeNames = Object.fromEntries(plan.nodes.map((node) => [node.name, node.name]));
  const kubernetes = { access, namespace: namespaceOf(runId), image, standing: "guest", nodeNames } as const;
  const base = { runId, provider: name, plan: real, nodes, routers: [], kubernetes };
  return { ...base, shared: true, borrowed: true, byHand: byHand(access) };
}

/** Every node of the plan gets an agent, under its own name. */
export function placesOf(plan: Plan): readonly AgentPlace[] {
  return plan.nodes.map((node) => ({ node: node.name, nodeName: node.name }));
}
