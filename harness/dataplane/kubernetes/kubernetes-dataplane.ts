import { LabError } from "../../core/errors.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import { podMtu } from "../../encap/tunnel.ts";
import type { Patch } from "../../kubernetes/former-state.ts";
import { shellQuote } from "../../exec/quote.ts";
import { deployWorkloads, removeWorkloads, workloadsOf, type Workloads } from "../../kubernetes/deploy-workloads.ts";
import { hasPools, readPools } from "../../kubernetes/ip-pools.ts";
import { isKubernetesLab, type ClusterPart } from "../../kubernetes/kubernetes-lab.ts";
import { readNodes } from "../../kubernetes/node-object.ts";
import type { Lab } from "../../lab/lab.ts";
import { Stopwatch } from "../convergence/stopwatch.ts";
import type { Dataplane, DataplaneFacts, Network, RunningPod, Transition } from "../dataplane.ts";
import { readWholeFacts } from "../facts/read-node-facts.ts";
import { modeOf, readCalico, type CalicoState } from "./calico-state.ts";
import { changeMode } from "./change-mode.ts";
import { convergeCluster } from "./converge.ts";
import { readDeclared } from "./declared.ts";
import { diagnoseCluster } from "./diagnose.ts";
import { healthyCalico } from "./health.ts";
import { installCalico, type CalicoInstallation } from "./install-calico.ts";
import { calicoPods, testedImages } from "./calico-pods.ts";
import { readIdentities } from "./identities.ts";
import { newPodsGet } from "./new-pods-mtu.ts";
import { restartCalico } from "./restart-calico.ts";
import { defaultCalicoVersion } from "./manifest-source.ts";
import { missingInCluster } from "./missing.ts";
import { modeChange } from "./mode-patches.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/** What the command line knows about Calico on Kubernetes. */
export interface KubernetesCalicoOptions {
  /** Change the mode of a cluster that is somebody's, and put it back at the end. */
  readonly allowModeChange?: boolean;
  /** How Calico gets into a cluster of the lab's own; default: by its manifest, of the pinned release. */
  readonly install?: Partial<CalicoInstallation>;
}

/** Real Calico on Kubernetes, managed by the operator or by its manifest. */
export function kubernetesCalico(options: KubernetesCalicoOptions): Dataplane {
  const allowModeChange = options.allowModeChange ?? false;
  const installation: CalicoInstallation = {
    by: "manifest",
    version: defaultCalicoVersion,
    linuxDataplane: "iptables",
    ...options.install,
  };
  return {
    name: "calico",
    title: "Calico on Kubernetes",
    missing: async (mode, lab) => {
      if (!isKubernetesLab(lab)) return [noCluster(lab)];
      const { kubernetes } = lab;
      const state = (await isInstalled(kubernetes)) ? await healthyCalico(kubernetes.access) : undefined;
      return missingInCluster(mode, lab, kubernetes, state, { allowModeChange });
    },
    install: async (mode, lab) => install(mode, lab, clusterOf(lab), { allowModeChange, installation }),
    attach: async (mode, lab) => attach(mode, lab, clusterOf(lab)),
    rehearse: async (mode, lab) => (allowModeChange ? rehearseChange(mode, clusterOf(lab)) : []),
    restart: (network, node) => restart(network, node, allowModeChange),
    switchMode: (network, mode) => switchMode(network, mode, clusterOf(network.lab)),
    diagnose: async (lab, folder) => {
      if (isKubernetesLab(lab)) await diagnoseCluster(lab.kubernetes.access, lab.kubernetes.namespace, folder);
    },
    facts: async ({ lab }) => factsOf(lab),
  };
}

/** The patches of a change of mode, and behind them those that undo it. */
async function rehearseChange(mode: Mode, { access }: ClusterPart): Promise<readonly string[]> {
  const state = await readCalico(access);
  if (modeOf(state).id === mode.id) return [];
  const { apply, undo } = modeChange(state, mode);
  const words = ({ resource, name, type, patch }: Patch): string =>
    shellQuote([...access.kubectl, "patch", resource, name, `--type=${type}`, "-p", patch]);
  const kept = "# before: ConfigMap former-state in the run's namespace, with the patches that put it back";
  return [kept, ...apply.map(words), ...undo.map((patch) => `${words(patch)}   # at the end`)];
}

/** A node of somebody's cluster is restarted only where the cluster may be changed. */
async function restart({ lab }: Network, node: string, allowed: boolean): Promise<void> {
  const kubernetes = clusterOf(lab);
  if (kubernetes.standing === "guest" && !allowed) {
    throw new LabError("calico-node of this cluster is not restarted unless that is allowed", {
      where: kubernetes.access.name,
      fix: "--allow-mode-change allows changes of Calico for the run",
    });
  }
  await restartCalico(kubernetes, node);
}

async function factsOf(lab: Lab): Promise<DataplaneFacts> {
  if (!isKubernetesLab(lab)) return { nodes: await readWholeFacts(lab.nodes) };
  const { access, nodeNames } = lab.kubernetes;
  const [nodes, objects, declared] = await Promise.all([
    readWholeFacts(lab.nodes),
    readNodes(access),
    readPools(access).then(({ group }) => readDeclared(access, group)),
  ]);
  const registered = lab.nodes.flatMap(({ name: node }) => {
    const object = objects.find(({ name }) => name === (nodeNames[node] ?? node));
    return object === undefined ? [] : [{ node, addresses: Object.values(object.registered) }];
  });
  return { nodes, registered, ...declared };
}

/** Pods are recreated for each mode: those of a former one keep its MTU. */
async function install(
  mode: Mode,
  lab: Lab,
  kubernetes: ClusterPart,
  { allowModeChange, installation }: { readonly allowModeChange: boolean; readonly installation: CalicoInstallation },
): Promise<Network> {
  const watch = new Stopwatch();
  const { access } = kubernetes;
  const state = (await isInstalled(kubernetes))
    ? await healthyCalico(access)
    : await installCalico(access, lab.plan, mode, installation, watch);
  const asItIs = modeOf(state).id === mode.id;
  if (!asItIs && kubernetes.standing === "guest" && !allowModeChange) throw notPermitted(mode, state);
  const notes = await changeMode(state, mode, ownerOf(lab, kubernetes));
  watch.reached(asItIs ? "Calico read" : "IP pools changed");
  const mtuNotes = asItIs ? [] : await newPodsGet(podMtu(lab.plan, mode), kubernetes);
  if (!asItIs) watch.reached("MTU of new pods");
  await removeWorkloads(kubernetes);
  const making = { runId: lab.runId, ownerPid: process.pid, image: kubernetes.image };
  const workloads = await deployWorkloads(kubernetes, lab.plan, making);
  watch.reached("pods running");
  return converged(
    mode,
    lab,
    kubernetes,
    state,
    { workloads, notes: [...notes, ...mtuNotes], asItIs: asItIs && kubernetes.standing === "guest" },
    watch,
  );
}

/** Whether there is a Calico; only a cluster of the lab's own may be without. */
async function isInstalled({ access, standing }: ClusterPart): Promise<boolean> {
  return standing === "guest" || (await hasPools(access));
}

async function attach(mode: Mode, lab: Lab, kubernetes: ClusterPart): Promise<Network> {
  const state = await healthyCalico(kubernetes.access);
  const workloads = await workloadsOf(kubernetes, lab.plan);
  const identities = await identitiesOf(mode, lab, kubernetes, state, workloads)();
  const convergence = { totalMs: 0, steps: [] };
  return { lab, mode, ...(await namesOf(state)), identities, pods: podsOf(workloads), convergence };
}

/** What a network is called, and the versions and images that stand behind the name. */
async function namesOf(state: CalicoState): Promise<Pick<Network, "title" | "versions" | "tested">> {
  const tested = testedImages(await calicoPods(state.access));
  return {
    title: `Calico ${state.version}`,
    versions: versionsOf(state),
    ...(tested.length === 0 ? {} : { tested }),
  };
}

async function switchMode(network: Network, mode: Mode, kubernetes: ClusterPart): Promise<Transition> {
  const watch = new Stopwatch();
  const { lab } = network;
  const state = await healthyCalico(kubernetes.access);
  const notes = await changeMode(state, mode, ownerOf(lab, kubernetes));
  watch.reached("IP pools changed");
  const workloads = await workloadsOf(kubernetes, lab.plan);
  const found = { workloads, notes, asItIs: false };
  return { from: network.mode, network: await converged(mode, lab, kubernetes, state, found, watch) };
}

interface Found {
  readonly workloads: Workloads;
  readonly notes: readonly string[];
  readonly asItIs: boolean;
}

async function converged(
  mode: Mode,
  lab: Lab,
  kubernetes: ClusterPart,
  state: CalicoState,
  { workloads, notes, asItIs }: Found,
  watch: Stopwatch,
): Promise<Network> {
  const pods = podsOf(workloads);
  const read = identitiesOf(mode, lab, kubernetes, state, workloads);
  const { identities, notes: more } = await convergeCluster({ lab, mode, pods, identities: read, asItIs }, watch);
  return {
    lab,
    mode,
    ...(await namesOf(state)),
    identities,
    pods,
    convergence: watch.convergence(),
    notes: [...notes, ...more],
  };
}

function identitiesOf(
  mode: Mode,
  lab: Lab,
  kubernetes: ClusterPart,
  { group }: CalicoState,
  workloads: Workloads,
): () => Promise<Identities> {
  return () => readIdentities(kubernetes, group, lab.plan, mode, workloads);
}

function versionsOf({ version, kubernetes }: CalicoState): Readonly<Record<string, string>> {
  return { calico: version, kubernetes };
}

function podsOf({ pods }: Workloads): readonly RunningPod[] {
  return pods.map(({ pod: name, node, executor, enter }) => ({ name, node, executor, enter }));
}

function ownerOf({ runId }: Lab, { namespace, standing }: ClusterPart): Parameters<typeof changeMode>[2] {
  return { runId, namespace, standing };
}

function clusterOf(lab: Lab): ClusterPart {
  if (isKubernetesLab(lab)) return lab.kubernetes;
  const { reason, fix } = noCluster(lab);
  throw new LabError(reason, { fix });
}

function noCluster({ provider }: Lab): { readonly reason: string; readonly fix: string } {
  return {
    reason: `Calico on Kubernetes needs a cluster, and ${provider} makes none`,
    fix: otherProviders,
  };
}

function notPermitted(mode: Mode, state: CalicoState): LabError {
  return new LabError(`the cluster is in mode ${modeOf(state).calicoName} and not in ${mode.calicoName}`, {
    where: state.access.name,
    fix: "--allow-mode-change changes its mode for the run and restores it at the end",
  });
}
