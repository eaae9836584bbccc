import { Option, type Command } from "commander";
import { LabError, UsageError } from "../core/errors.ts";
import { defaultCalicoVersion, type KubernetesCalicoOptions } from "../dataplane/kubernetes/index.ts";
import { parseModes } from "../encap/mode-words.ts";
import type { Mode } from "../encap/mode.ts";
import { clusterProvider } from "../provider/cluster/index.ts";
import { discoverPlan } from "../provider/cluster/discover-plan.ts";
import { clusterSource } from "../provider/cluster/discover-topology.ts";
import type { ProviderContext } from "../provider/context.ts";
import { clusterAccess, type ClusterAccess } from "../kubernetes/access.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import { defaultTopology, familiesOf, resolveScenario, type ScenarioOptions } from "./scenario-options.ts";

/** Options of a cluster that exists. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly kubectl?: string;
  readonly agentImage?: string;
  readonly allowModeChange?: boolean;
  readonly calicoInstall?: "operator" | "manifest";
  readonly calicoVersion?: string;
  readonly calicoManifests?: string;
  readonly linuxDataplane?: "iptables" | "nftables" | "bpf";
}

/** Adds the options that say how Calico gets into a cluster that is made for the run. */
export function addInstallOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--calico-install <how>",
        "how Calico gets into a cluster made for the run (default: manifest)",
      ).choices(["operator", "manifest"]),
    )
    .option(
      "--calico-version <version>",
      `release of Calico for clusters made for the run (default: ${defaultCalicoVersion})`,
    )
    .option("--calico-manifests <dir>", "folder manifests/ of that release, for machines that cannot download it")
    .addOption(
      new Option("--linux-dataplane <how>", "what that Calico handles packets with (default: iptables)").choices([
        "iptables",
        "nftables",
        "bpf",
      ]),
    );
}

/** Adds the options by which a cluster is found. */
export function addClusterOptions(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "use a Kubernetes cluster that exists, with Calico in it")
    .option("--context <name>", "context of the kubeconfig (default: its current one)")
    .option("--kubectl <path>", "kubectl program (default: kubectl on the PATH)")
    .option(
      "--agent-image <ref>",
      "image of the agents and pods on a cluster's nodes: pullable there, or loaded before",
    )
    .option("--allow-mode-change", "change the mode of the cluster for the run; the former one is put back at the end");
}

interface ProviderWord {
  readonly provider?: string;
}

/** Whether the options mean a cluster that exists: by name, or by a kubeconfig where nothing else is named. */
export function meansCluster({ provider = "auto", kubeconfig }: ClusterOptions & ProviderWord): boolean {
  return provider === "cluster" || (provider === "auto" && kubeconfig !== undefined);
}

/** The way to the cluster; UsageError where none is named: nobody's default cluster is touched by accident. */
export function accessOf(options: ClusterOptions, context: ProviderContext = {}): ClusterAccess {
  const { kubeconfig, context: name, kubectl } = options;
  if (kubeconfig === undefined) {
    throw new UsageError("--provider cluster needs a cluster", {
      fix: "give --kubeconfig FILE, and --context NAME where the file has several",
    });
  }
  const chosen = {
    kubeconfig,
    ...(name === undefined ? {} : { context: name }),
    ...(kubectl === undefined ? {} : { kubectl }),
  };
  return clusterAccess(chosen, context.onCommand);
}

/** The provider of the cluster that the options name. */
export function clusterProviderOf(options: ClusterOptions, context: ProviderContext): Provider {
  const { agentImage, allowModeChange } = options;
  return clusterProvider(context, {
    access: accessOf(options, context),
    ...(agentImage === undefined ? {} : { image: agentImage }),
    allowModeChange: allowModeChange ?? false,
  });
}

/** What the dataplane of a cluster is told. */
export function kubernetesOf(options: ClusterOptions): KubernetesCalicoOptions {
  const {
    allowModeChange,
    calicoInstall: by,
    calicoVersion: version,
    calicoManifests: folder,
    linuxDataplane,
  } = options;
  const install = {
    ...(by === undefined ? {} : { by }),
    ...(version === undefined ? {} : { version }),
    ...(folder === undefined ? {} : { folder }),
    ...(linuxDataplane === undefined ? {} : { linuxDataplane }),
  };
  return { allowModeChange: allowModeChange ?? false, install };
}

/**
 * The modes and the plan that the options ask for. Of a cluster the plan is read from what Calico has registered unless a
 * topology is given, and the mode is the one that is configured unless others are named or may be tried.
 */
export async function resolveRun(
  options: ScenarioOptions & ClusterOptions & ProviderWord,
): Promise<{ modes: readonly Mode[]; plan: Plan }> {
  if (!meansCluster(options)) return resolveScenario(options);
  const access = accessOf(options);
  const found = await discoverPlan(access, familiesOf(options.family));
  for (const notice of found.notices) process.stderr.write(`encaplab: ${notice}\n`);
  const named = options.mode.length > 0 || options.allowModeChange === true;
  const modes = named ? parseModes(options.mode.length === 0 ? ["all"] : options.mode, options.encap) : [found.mode];
  const plan = options.topology === defaultTopology ? found.plan : (await resolveScenario(options)).plan;
  await requireUsable(options, plan);
  return { modes, plan };
}

/** A cluster that is named and cannot be used is trouble, and no reason to skip everything. */
async function requireUsable(options: ClusterOptions, plan: Plan): Promise<void> {
  const problems = await clusterProviderOf(options, {}).check(plan);
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) throw new LabError(first.what, { fix: first.fix });
  const rows = problems.map(({ what, fix }) => `${what}\n  fix: ${fix}`);
  throw new LabError(`the cluster cannot be used: ${problems.length} problems`, { tail: rows.join("\n") });
}

/** The plan of a kept lab whose topology is a cluster's own. */
export async function clusterPlan(options: ClusterOptions, families: Plan["families"]): Promise<Plan> {
  return (await discoverPlan(accessOf(options), families)).plan;
}

/** Whether a lab's label names a cluster in place of a topology file. */
export function isClusterSource(topology: string): boolean {
  return topology.startsWith(clusterSource);
}
