import type { Scope } from "../../core/scope.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { recordingExecutor } from "../../exec/recording.ts";
import type { Plan } from "../../topology/plan.ts";
import { subnetProblems } from "../../underlay/containers/check-subnets.ts";
import {
  lookAtEngine,
  notReady,
  ownLabId,
  type AgentOptions,
  type EngineReady,
} from "../../underlay/containers/engine-ready.ts";
import { engineRelease, findEngine, type Engine } from "../../underlay/containers/engine.ts";
import { writeLabel } from "../../underlay/containers/label.ts";
import { labLabels } from "../../underlay/containers/names.ts";
import { enterMember, memberExecutor, type PlannedMember } from "../../underlay/containers/build-containers.ts";
import { byHand, clusterAccess, type ClusterAccess } from "../../kubernetes/access.ts";
import type { ClusterPart, KubernetesLab } from "../../kubernetes/kubernetes-lab.ts";
import { namespaceOf } from "../../kubernetes/run-mark.ts";
import { memberPrefix, type LabId } from "../../lab/lab-id.ts";
import { untaggedWires } from "../../lab/untagged-wires.ts";
import type { Capability, Lab, LabNode, LabRef, Problem } from "../../lab/lab.ts";
import type { ProviderContext } from "../context.ts";
import type { Provider } from "../provider.ts";
import { attachCluster, findCluster } from "./attach.ts";
import { agentPlaces, buildCluster, type BuiltCluster, type ClusterSettings } from "./build-cluster.ts";
import { kindVersion, toolProblems } from "./check-tools.ts";
import { removeCluster } from "./destroy.ts";
import { discoverClusters } from "./discover.ts";
import { nodeImageProblems, readArchives } from "./images.ts";
import { contextName, nodeContainer, provider as name } from "./kind-names.ts";
import { mirrorConfig } from "./mirror.ts";
import { imagesOf } from "./node-containers.ts";
import { planProblems } from "./plan-problems.ts";

/** What a run tells the provider of kind clusters. */
export interface KindProviderOptions extends ProviderContext, AgentOptions, ClusterSettings {
  /** Program; default `kubectl` on the PATH. */
  readonly kubectl?: string;
  /** Files of `docker save`: the node image, and images for the nodes' own runtime. */
  readonly imageArchives?: readonly string[];
}

/** Provider of labs that are kind clusters with several subnets: one cluster per lab, its nodes in racks with a router. */
export function createKindProvider(options: KindProviderOptions = {}): Provider {
  const host = recorded(localExecutor({ where: "this host" }), options);
  const kind = new KindLabs(host, options);
  return {
    name,
    capabilities: kind.capabilities,
    kernelHas: "its nodes have",
    withheld: untaggedWires,
    check: (plan) => kind.check(plan),
    provision: (plan, runId, scope) => kind.provision(plan, runId, scope),
    label: async ({ runId }, label) => {
      const { id, parts } = await findCluster(host, runId);
      await writeLabel(host, runId, labLabels(id, name), label, parts);
    },
    discover: () => discoverClusters(host),
    attach: (ref, plan) => kind.attach(ref, plan),
    destroy: ({ runId }) => removeCluster(runId, host),
  };
}

function recorded(executor: Executor, { onCommand }: KindProviderOptions): Executor {
  return onCommand === undefined ? executor : recordingExecutor(executor, onCommand);
}

class KindLabs {
  readonly capabilities = new Set<Capability>();
  readonly #host: Executor;
  readonly #options: KindProviderOptions;
  #looked: Promise<EngineReady | readonly Problem[]> | undefined;

  constructor(host: Executor, options: KindProviderOptions) {
    this.#host = host;
    this.#options = options;
  }

  async check(plan: Plan): Promise<readonly Problem[]> {
    const { kubectl = "kubectl", registry, imageArchives = [] } = this.#options;
    if (registry !== undefined) mirrorConfig(registry);
    const ready = await this.#look();
    const [tools, { archives, problems }] = await Promise.all([
      toolProblems(this.#host, { kind: this.#kind, kubectl }, plan.nodes.length),
      readArchives(this.#host, imageArchives),
    ]);
    if (!("engine" in ready)) return [...ready, ...tools];
    for (const capability of ready.capabilities) this.capabilities.add(capability);
    const [subnets, images] = await Promise.all([
      subnetProblems(this.#host, plan),
      nodeImageProblems(this.#host, this.#options.nodeImage, archives),
    ]);
    return [...tools, ...problems, ...planProblems(plan), ...subnets, ...images];
  }

  async provision(plan: Plan, runId: string, scope: Scope): Promise<Lab> {
    const ready = await this.#look();
    if (!("engine" in ready)) throw notReady(ready);
    const id = await ownLabId(runId, this.#host, this.#options);
    const { archives, problems } = await readArchives(this.#host, this.#options.imageArchives ?? []);
    if (problems.length > 0) throw notReady(problems);
    const routerExecutor = this.#routers(id);
    const { engine, image } = ready;
    const base = { plan, id, host: this.#host, engine, image, archives, settings: this.#options, routerExecutor };
    const built = await buildCluster({ ...base, accessOf: (kubeconfig) => this.#access(runId, kubeconfig) }, scope);
    return labOf(id, built, image, routerExecutor, await this.#about(engine, plan, runId));
  }

  async attach(ref: LabRef, plan: Plan): Promise<Lab> {
    const { id, image, built } = await attachCluster(ref, plan, this.#host, {
      kind: this.#kind,
      accessOf: (kubeconfig) => this.#access(ref.runId, kubeconfig),
    });
    const about = await this.#about(await findEngine(this.#host), plan, ref.runId);
    return labOf(id, built, image, this.#routers(id), about);
  }

  async #about(engine: Engine | Problem, plan: Plan, runId: string): Promise<Pick<Lab, "versions" | "images">> {
    const containers = plan.nodes.map((_, index) => nodeContainer(runId, index));
    const [kind, images] = await Promise.all([kindVersion(this.#host, this.#kind), imagesOf(this.#host, containers)]);
    return { versions: { ...engineRelease(engine), kind }, images };
  }

  get #kind(): string {
    return this.#options.kindProgram ?? "kind";
  }

  #look(): Promise<EngineReady | readonly Problem[]> {
    return (this.#looked ??= lookAtEngine(this.#host, { ...this.#options, provider: name }));
  }

  #access(runId: string, kubeconfig: string): ClusterAccess {
    const { kubectl, onCommand } = this.#options;
    const program = kubectl === undefined ? {} : { kubectl };
    return clusterAccess({ kubeconfig, context: contextName(runId), ...program }, onCommand);
  }

  /** One executor per router: each keeps a guard in its container. */
  #routers(id: LabId): (member: PlannedMember) => Executor {
    const made = new Map<string, Executor>();
    return (member) => {
      const executor = made.get(member.name) ?? recorded(memberExecutor(id, member), this.#options);
      made.set(member.name, executor);
      return executor;
    };
  }
}

function labOf(
  id: LabId,
  { plan, access, nodes }: BuiltCluster,
  image: string,
  routerExecutor: (member: PlannedMember) => Executor,
  about: Pick<Lab, "versions" | "images">,
): KubernetesLab {
  const { runId } = id;
  const nodeNames = Object.fromEntries(agentPlaces(plan, runId).map(({ node, nodeName }) => [node, nodeName]));
  const kubernetes: ClusterPart = { access, namespace: namespaceOf(runId), image, standing: "lab", nodeNames };
  const routers = plan.routers.map(({ name: router, ports }): LabNode => {
    const member = { name: router, role: "router", ports } as const;
    const executor = routerExecutor(member);
    return {
      name: router,
      role: "router",
      executor,
      enter: enterMember(id, member),
      namespacePrefix: memberPrefix(id),
    };
  });
  return { runId, provider: name, plan, nodes, routers, kubernetes, ...about, shared: true, byHand: byHand(access) };
}
