import { LabError } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import { identitiesFromAllocation } from "../../encap/planned-identities.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Executor } from "../../exec/executor.ts";
import { ownerWords } from "../route-owner.ts";
import { namespacePod } from "../namespace-pod.ts";
import { labNode } from "../../lab/lab-node.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { withNewNodes } from "../../lab/new-nodes.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Convergence, Dataplane, Network, RunningPod } from "../dataplane.ts";
import { readFabricSessions } from "../fabric/bgp-sessions.ts";
import { announceBlocks, missingFabric, silenceBlocks, startFabric, waitForFabric } from "../fabric/bgp-fabric.ts";
import { readWholeFacts } from "../facts/read-node-facts.ts";
import { converge } from "./converge.ts";
import { encryptNodes, missingKeyTool } from "./encrypt-nodes.ts";
import { missingOn } from "../program/missing.ts";
import { deliveringPairs } from "../convergence/must-deliver.ts";
import { patienceWith } from "../convergence/patience.ts";
import { powerCycle } from "../convergence/power-cycle.ts";
import { Stopwatch } from "../convergence/stopwatch.ts";
import type { NodeProgram } from "../program/node-program.ts";
import { programNodes } from "./program-node.ts";
import { removeFromLab } from "./remove.ts";
import { runNodeScripts } from "./run-node-script.ts";
import { renderBoot, renderHalt } from "./render-reboot.ts";
import { renderInstall } from "./render-script.ts";
import { renderSwitch } from "./render-switch.ts";

/** Stands in every report: what ran was the kernel as Calico would program it, and not Calico. */
const referenceTitle = "reference dataplane, not Calico";

/** The kernel programmed with ip(8), bridge(8) and nft(8) exactly as Calico documents it. */
export const referenceDataplane: Dataplane = {
  name: "reference",
  title: referenceTitle,
  missing: async (mode, lab) => [
    ...(await missingFabric(lab, true)),
    ...(await missingOn(mode, lab)),
    ...(await missingKeyTool(lab)),
  ],
  install,
  attach,
  switchMode: async (network, mode) => ({ from: network.mode, network: await change(network, network.lab.plan, mode) }),
  adapt: (network, plan) => change(network, plan, network.mode),
  reboot,
  join,
  facts: async ({ lab }) => {
    const nodes = await readWholeFacts(lab.nodes);
    const bgp = await readFabricSessions(lab);
    return bgp.length === 0 ? { nodes } : { nodes, bgp };
  },
};

async function install(mode: Mode, lab: Lab, scope: Scope): Promise<Network> {
  const watch = new Stopwatch();
  const programs = programsFor(lab, mode);
  scope.deferWithin(`remove the reference dataplane from ${lab.nodes.map(({ name }) => name).join(", ")}`, () =>
    removeFromLab(lab),
  );
  await startFabric(lab, scope);
  await onEveryNode(lab, programs, renderInstall);
  await encryptNodes(lab, programs);
  await announceBlocks(lab);
  return networkOf(lab, mode, await convergeLab(lab, mode, programs, watch));
}

async function attach(mode: Mode, lab: Lab): Promise<Network> {
  await Promise.all(lab.nodes.map((node) => assertPods(lab, node)));
  return networkOf(lab, mode, { totalMs: 0, steps: [] });
}

/** Leads every node from what it has to what a plan and a mode ask for. */
async function change(network: Network, plan: Plan, mode: Mode): Promise<Network> {
  const watch = new Stopwatch();
  const lab = { ...network.lab, plan };
  const before = programsFor(network.lab, network.mode);
  const after = programsFor(lab, mode);
  await onEveryNode(lab, after, (program) => {
    const old = before.find(({ node }) => node === program.node);
    if (old === undefined) throw new RangeError(`node ${program.node} had no program before the switch`);
    return renderSwitch(old, program);
  });
  await encryptNodes(lab, after);
  return networkOf(lab, mode, await convergeLab(lab, mode, after, watch));
}

async function reboot({ lab, mode }: Network, name: string): Promise<Network> {
  const watch = new Stopwatch();
  const node = labNode(lab, name);
  const programs = programsFor(lab, mode);
  const alone = { ...lab, nodes: [node] };
  const clear = async (): Promise<void> => {
    await silenceBlocks(alone);
    await onEveryNode(lab, ofNode(programs, name), renderHalt);
  };
  await powerCycle(node, clear, watch);
  await onEveryNode(lab, ofNode(programs, name), renderBoot);
  await announceBlocks(alone);
  return networkOf(lab, mode, await convergeLab(lab, mode, programs, watch));
}

/** The node that joins is programmed first: what the others send it meanwhile would find nobody. */
async function join({ lab: before, mode }: Network, lab: Lab, scope: Scope): Promise<Network> {
  const watch = new Stopwatch();
  const joining = withNewNodes(before, lab);
  const names = joining.nodes.map(({ name }) => name);
  const programs = programsFor(lab, mode);
  scope.deferWithin(`remove the reference dataplane from ${names.join(", ")}`, () => removeFromLab(joining));
  for (const name of names) await onEveryNode(lab, ofNode(programs, name), renderInstall);
  watch.reached(`${names.join(", ")} programmed`);
  const old = programsFor(before, mode);
  const known = programs.filter(({ node }) => old.some((program) => program.node === node));
  await onEveryNode(lab, known, (program) => renderSwitch(ofNode(old, program.node)[0] ?? program, program));
  return networkOf(lab, mode, await convergeLab(lab, mode, programs, watch));
}

function ofNode(programs: readonly NodeProgram[], name: string): readonly NodeProgram[] {
  return programs.filter(({ node }) => node === name);
}

function programsFor(lab: Lab, mode: Mode): readonly NodeProgram[] {
  return programNodes(lab.plan, mode, (node) => labNode(lab, node).namespacePrefix);
}

async function onEveryNode(
  lab: Lab,
  programs: readonly NodeProgram[],
  render: (program: NodeProgram) => string,
): Promise<void> {
  await runNodeScripts(
    programs.map((program) => ({ executor: labNode(lab, program.node).executor, script: render(program) })),
  );
}

function convergeLab(lab: Lab, mode: Mode, programs: readonly NodeProgram[], watch: Stopwatch): Promise<Convergence> {
  const executorOf = (node: string): Executor => labNode(lab, node).executor;
  const pairs = deliveringPairs(lab.plan, mode);
  const fabric = (): Promise<boolean> => waitForFabric(lab, identitiesFromAllocation(lab.plan, mode));
  return converge({ programs, executorOf, pods: podsOf(lab), pairs, patience: patienceWith(lab), fabric }, watch);
}

function networkOf(lab: Lab, mode: Mode, convergence: Convergence): Network {
  const identities = identitiesFromAllocation(lab.plan, mode);
  return { lab, mode, title: `${referenceTitle}${ownerWords(lab.plan)}`, identities, pods: podsOf(lab), convergence };
}

function podsOf(lab: Lab): readonly RunningPod[] {
  return lab.plan.allocation.pods.map(({ pod, node }) => namespacePod(labNode(lab, node), pod));
}

async function assertPods(lab: Lab, { name, executor, namespacePrefix }: LabNode): Promise<void> {
  const { stdout } = await executor.run(["ip", "netns", "list"]);
  const there = new Set(stdout.split("\n").map((line) => line.split(" ")[0]));
  const pods = lab.plan.allocation.pods.filter((pod) => pod.node === name);
  const absent = pods.find(({ pod }) => !there.has(`${namespacePrefix}${pod}`));
  if (absent === undefined) return;
  throw new LabError(`the lab has no reference dataplane: pod ${absent.pod} is not there`, {
    where: executor.where,
    fix: "put the lab into a mode first: npm run lab -- up",
  });
}
