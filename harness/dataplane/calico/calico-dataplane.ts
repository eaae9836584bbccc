import { LabError } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import type { Mode } from "../../encap/mode.ts";
import { inNamespace } from "../../exec/namespace.ts";
import { runScript } from "../../exec/script.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Lab, LabNode } from "../../provider/provider.ts";
import type { Dataplane, Network, RunningPod, Transition } from "../dataplane.ts";
import { startFabric } from "../fabric/bgp-fabric.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import type { CalicoFiles, CalicoSource } from "./calico-source.ts";
import { convergeCalico, Stopwatch } from "./converge.ts";
import { writeResources } from "./datastore.ts";
import { startEtcd } from "./etcd.ts";
import { etcdFolder, nodeFolder } from "./lab-folder.ts";
import { locateCalico } from "./locate.ts";
import { makeManagement, managementExecutor } from "./management.ts";
import { missingCalico, needsBgp } from "./missing.ts";
import type { NodeCalico } from "./node-command.ts";
import { makePods, podNamespace } from "./pods.ts";
import { lacking, readIdentities } from "./read-identities.ts";
import { removeCalico } from "./remove.ts";
import { poolsFor, resourcesFor } from "./resources.ts";
import { renderServices } from "./services.ts";
import { fabricRoutes, replaceFabricRoutes } from "./static-fabric.ts";
import { startBgp, startNode } from "./start-node.ts";

/** What the command line knows about the Calico to run. */
export interface CalicoOptions {
  /** Where Calico comes from; missing = nowhere, and `missing()` says how to give one. */
  readonly source?: CalicoSource;
  /** Program of the lab's datastore; default `etcd` on the PATH. */
  readonly etcd?: string;
}

/** The real Calico without Kubernetes: Felix, BIRD and an etcd of the lab's own, pods by the CNI plugin. */
export function calicoDataplane(options: CalicoOptions): Dataplane {
  const etcd = options.etcd ?? "etcd";
  const files = async (): Promise<CalicoFiles> => {
    const located = await locateCalico(options.source);
    if ("files" in located) return located.files;
    throw new LabError(located.problem.what, { fix: located.problem.fix });
  };
  return {
    name: "calico",
    title: "Calico",
    missing: async (mode, lab) => missingCalico(mode, lab, await locateCalico(options.source), etcd),
    install: async (mode, lab, scope) => install(mode, lab, scope, await files(), etcd),
    attach: async (mode, lab) => attach(mode, lab, await files()),
    switchMode: async (network, mode) => switchMode(network, mode, await files()),
    facts: async ({ lab }) => ({
      nodes: await Promise.all(lab.nodes.map(({ name, executor }) => readNodeFacts(name, executor))),
    }),
  };
}

async function install(mode: Mode, lab: Lab, scope: Scope, files: CalicoFiles, etcd: string): Promise<Network> {
  const watch = new Stopwatch();
  const title = await titleOf(lab, files);
  scope.defer(`remove Calico from ${lab.nodes.map(({ name }) => name).join(", ")}`, () => removeCalico(lab));
  await makeManagement(lab);
  await startFabric(lab, scope);
  await startEtcd(lab, etcd);
  watch.reached("datastore");
  await writeResources(managementExecutor(lab), resourcesFor(lab.plan, mode));
  await Promise.all(lab.nodes.map((node) => startNode(node.executor, nodeCalico(lab, node, files, mode))));
  watch.reached("nodes started");
  await Promise.all(
    lab.nodes.map((node) => makePods(node, nodeCalico(lab, node, files, mode), podsOfNode(lab, node.name))),
  );
  watch.reached("pods");
  await adaptFabric(lab, mode, scope);
  const identities = await convergeCalico(lab, mode, podsOf(lab), watch);
  await writeServices(lab, identities);
  return { lab, mode, title, identities, pods: podsOf(lab), convergence: watch.convergence() };
}

/** The routers' side of the blocks that IPAM has just chosen. */
async function adaptFabric(lab: Lab, mode: Mode, scope: Scope): Promise<void> {
  const routes = fabricRoutes(lab.plan, await readIdentities(managementExecutor(lab), lab.plan, mode));
  if (routes.length === 0) return;
  scope.defer("give the routers their planned routes back", () => replaceFabricRoutes(lab, routes, "planned"));
  await replaceFabricRoutes(lab, routes, "actual");
}

async function attach(mode: Mode, lab: Lab, files: CalicoFiles): Promise<Network> {
  const identities = await identitiesOf(lab, mode);
  const title = await titleOf(lab, files);
  return { lab, mode, title, identities, pods: podsOf(lab), convergence: { totalMs: 0, steps: [] } };
}

/** The identities of a lab on which Calico runs; a LabError where it does not. */
async function identitiesOf(lab: Lab, mode: Mode): Promise<Identities> {
  const executor = managementExecutor(lab);
  const { exitCode } = await executor.tryRun(["test", "-d", etcdFolder(lab)]);
  const nothing = "put the lab into a mode first: npm run lab -- up --dataplane calico";
  if (exitCode !== 0) throw new LabError("the lab has no Calico", { where: executor.where, fix: nothing });
  const identities = await readIdentities(executor, lab.plan, mode);
  const absent = lacking(lab.plan, identities);
  if (absent !== undefined) throw new LabError(`the lab's Calico is not whole: ${absent}`, { fix: nothing });
  return identities;
}

/** As a user would: the pools are changed, and Calico does the rest. BIRD is started where it was not needed before. */
async function switchMode(network: Network, mode: Mode, files: CalicoFiles): Promise<Transition> {
  const watch = new Stopwatch();
  const { lab, pods } = network;
  await writeResources(managementExecutor(lab), poolsFor(lab.plan, mode));
  if (needsBgp(mode, lab.plan)) await Promise.all(lab.nodes.map((node) => ensureBgp(lab, node, files, mode)));
  watch.reached("pools changed");
  const identities = await convergeCalico(lab, mode, pods, watch);
  const after = { ...network, mode, identities, convergence: watch.convergence() };
  return { from: network.mode, network: after };
}

async function ensureBgp(lab: Lab, node: LabNode, files: CalicoFiles, mode: Mode): Promise<void> {
  const { exitCode } = await node.executor.tryRun(["test", "-e", `${nodeFolder(lab, node.name)}/bird.supervisor`]);
  if (exitCode !== 0) await startBgp(node.executor, nodeCalico(lab, node, files, mode));
}

async function writeServices(lab: Lab, identities: Identities): Promise<void> {
  await Promise.all(
    lab.nodes.map(({ name, executor }) =>
      executor.run(["nft", "-f", "-"], { input: renderServices(lab.plan, identities, name) }),
    ),
  );
}

function nodeCalico(lab: Lab, { name }: LabNode, files: CalicoFiles, mode: Mode): NodeCalico {
  return { node: name, plan: lab.plan, files, folder: nodeFolder(lab, name), bgp: needsBgp(mode, lab.plan) };
}

function podsOfNode(lab: Lab, node: string): Lab["plan"]["allocation"]["pods"] {
  return lab.plan.allocation.pods.filter((pod) => pod.node === node);
}

function podsOf(lab: Lab): readonly RunningPod[] {
  return lab.nodes.flatMap((node) =>
    podsOfNode(lab, node.name).map(({ pod: name }) => {
      const namespace = podNamespace(node, name);
      const where = `pod ${name} (netns ${namespace}) on ${node.executor.where}`;
      return { name, node: node.name, executor: inNamespace(node.executor, namespace, where) };
    }),
  );
}

/** "Calico v3.32.1", as the program itself says. */
async function titleOf(lab: Lab, { calicoNode, root }: CalicoFiles): Promise<string> {
  const [node] = lab.nodes;
  if (node === undefined) throw new LabError(`lab ${lab.runId} has no node`);
  const command = root === undefined ? calicoNode : `chroot ${root} ${calicoNode}`;
  const { stdout } = await runScript(node.executor, `${command} -v`);
  const version = /v\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? stdout.trim().split("\n")[0] ?? "";
  return `Calico ${version}`;
}
