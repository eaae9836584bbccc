import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scope } from "../../core/scope.ts";
import { defaultCacheFolder } from "../../core/cache-folder.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { enterNamespace, inNamespace } from "../../exec/namespace/namespace.ts";
import { recordingExecutor } from "../../exec/recording.ts";
import type { Plan } from "../../topology/plan.ts";
import type { ProviderContext } from "../context.ts";
import { readLabel, writeLabel } from "../../lab/namespace-label.ts";
import { fabricNamespace, memberNamespace, memberPrefix, runMark, type LabId } from "../../lab/lab-id.ts";
import { labIdOf } from "../../lab/owner.ts";
import type { Capability, Lab, LabNode, OwnMachines } from "../../lab/lab.ts";
import { incompleteLab, noSuchLab, ownerGone, refuseOtherPlan } from "../../lab/identity-errors.ts";
import type { Provider } from "../provider.ts";
import { nodePower } from "../../underlay/node-power.ts";
import { buildMachines, inMachines, loginFile, type BuiltMachines } from "./build-lab.ts";
import { uplinkProblems } from "../../lab/uplink-problems.ts";
import { hostProblems } from "./check.ts";
import { checkpointsOf } from "./checkpoints.ts";
import { destroyMachines, labsOfMachines } from "./destroy.ts";
import { discoverMachines } from "./discover.ts";
import { payloadFolder } from "../../rootfs/guest-init.ts";
import type { LabLogin } from "./guest-keys.ts";
import { guestKit, type GuestKit } from "./guest-kit.ts";
import { encryptionTools } from "../../rootfs/guest-tools.ts";
import { userImage } from "./image-disks.ts";
import { buildFromImage, type ImageKit } from "./image-lab.ts";
import { nodeExecutor } from "./node-executor.ts";
import { dialArgv } from "./render-machines.ts";
import { enterMachine } from "./ssh-client.ts";
import { machinesFolder, nodePrefix } from "./vm-names.ts";
import { walkMachines } from "./walk.ts";

const name = "vm";

/** MiB of memory of a machine that boots from a user's image: what distributions ask of theirs. */
const imageMemoryMiB = 1024;

/** What Debian's cloud kernels can do from 6.1 on, with the modules that every guest has on board. */
const capabilities: readonly Capability[] = [
  "vxlan",
  "vxlan6",
  "ipip",
  "wireguard",
  "nftables",
  "netem",
  "tbf",
  "vlan",
  "ipv6",
];

/** What a run tells the provider of virtual machines. */
export interface VmOptions extends ProviderContext {
  /** `6.1`, a whole release as `availableKernels` gives it, or the path of a `linux-image-*.deb`; default 6.1. */
  readonly kernel?: string;
  /** A cloud image (qcow2 with cloud-init) that all nodes boot from instead. */
  readonly image?: string;
}

/** Provider of labs whose nodes are virtual machines with a kernel of the user's choice; racks and routers are namespaces. */
export function createVmProvider(options: VmOptions = {}): Provider {
  const cache = options.cache ?? defaultCacheFolder();
  const ownerPid = options.ownerPid ?? process.pid;
  const host = (runId?: string): Executor => hostExecutor(options, ownerPid, runId);
  const labOf = (plan: Plan, id: LabId, keys: LabLogin, made?: Made): Lab =>
    wireUp(plan, id, keys, host(id.runId), options, made);
  return {
    name,
    capabilities: new Set(capabilities),
    kernelHas: "its guests have",
    check: async (plan) => [
      ...uplinkProblems(plan),
      ...(await hostProblems(host(), options.userId ?? process.getuid?.(), options.image)),
    ],
    provision: async (plan, runId, scope) => {
      const id = await labIdOf(runId, ownerPid);
      if (id === undefined) throw ownerGone(ownerPid);
      const made = await makeLab(plan, id, host(runId), scope, cache, options);
      const lab = labOf(plan, id, made.login, made);
      await walkMachines(plan, lab.nodes);
      return lab;
    },
    label: async (lab, label) => {
      await writeLabel(host(), fabricNamespace(await findLab(lab.runId)), label);
    },
    discover: () => discoverMachines(host()),
    attach: async (ref, plan) => {
      const id = await findLab(ref.runId);
      refuseOtherPlan(ref.runId, await readLabel(host(), fabricNamespace(id)), plan);
      return labOf(plan, id, await readLogin(id));
    },
    destroy: (ref) => destroyMachines(ref.runId, host()),
  };
}

function hostExecutor({ onCommand }: VmOptions, ownerPid: number, runId: string | undefined): Executor {
  const env = runId === undefined ? {} : { ENCAPLAB_RUN: runMark({ runId }, ownerPid) };
  const local = localExecutor({ where: "this host", env });
  return onCommand === undefined ? local : recordingExecutor(local, onCommand);
}

/** A lab that this process made. */
interface Made {
  readonly scope: Scope;
  readonly login: LabLogin;
  /** Missing where the machines boot from a user's image. */
  readonly built?: BuiltMachines;
}

async function makeLab(
  plan: Plan,
  id: LabId,
  host: Executor,
  scope: Scope,
  cache: string,
  options: VmOptions,
): Promise<Made> {
  const { kernel = "6.1", image, onNotice } = options;
  if (image !== undefined) {
    const kit = (): Promise<ImageKit> => imageKit(host, cache, kernel, image);
    return { scope, login: await buildFromImage(plan, id, host, scope, kit) };
  }
  const further = plan.topology.wireguard === true ? encryptionTools : [];
  const kit = async (): Promise<GuestKit> => {
    const guest = await guestKit(host, cache, kernel, await options.payload?.(), further);
    return { ...guest, ...(onNotice === undefined ? {} : { onNotice }) };
  };
  const built = await buildMachines(plan, id, host, scope, kit);
  return { scope, login: built.login, built };
}

/** Which processor works is tried with a small guest, which a user's image is not. */
async function imageKit(host: Executor, cache: string, kernel: string, file: string): Promise<ImageKit> {
  const [image, { model }] = await Promise.all([userImage(host, file), guestKit(host, cache, kernel)]);
  return { image, model: { accelerator: model.accelerator, memoryMiB: imageMemoryMiB } };
}

function wireUp(plan: Plan, id: LabId, login: LabLogin, host: Executor, options: VmOptions, made?: Made): Lab {
  const namespacePrefix = memberPrefix(id);
  const inFabric =
    (role: LabNode["role"]) =>
    ({ name: member }: { readonly name: string }): LabNode => {
      const namespace = memberNamespace(id, member);
      const executor = inNamespace(host, namespace, `${role} ${member} (netns ${namespace})`);
      return { name: member, role, executor, enter: enterNamespace(namespace), namespacePrefix };
    };
  const routers = plan.routers.map(inFabric("router"));
  const external = plan.external?.map(inFabric("external host"));
  const connections = plan.nodes.map(({ name: node }, index) => {
    const ssh = nodeExecutor({ node, index, id, keys: login, attached: made === undefined });
    made?.scope.onLeave(`close ssh to ${node}`, () => ssh.close());
    return { node, ssh };
  });
  const nodes = connections.map(({ node, ssh }): LabNode => {
    const executor = options.onCommand === undefined ? ssh : recordingExecutor(ssh, options.onCommand);
    const power = nodePower(plan, node, executor);
    return { name: node, role: "node", executor, enter: enterMachine(id, node), namespacePrefix: nodePrefix, power };
  });
  const hangUp = async (): Promise<void> => {
    await Promise.all(connections.map(({ ssh }) => ssh.close()));
  };
  const machines: OwnMachines = {
    host: inMachines(host, id),
    dial: dialArgv,
    ...(login.payload ? { payload: payloadFolder } : {}),
    ...(made?.built === undefined ? {} : { checkpoints: checkpointsOf({ ...made.built, plan, id, host, hangUp }) }),
  };
  const slow = login.accelerator === "tcg";
  const outside = external === undefined ? {} : { external };
  return { runId: id.runId, provider: name, plan, nodes, routers, ...outside, slow, machines };
}

async function findLab(runId: string): Promise<LabId> {
  const id = (await labsOfMachines()).find((lab) => lab.runId === runId);
  if (id !== undefined) return id;
  throw noSuchLab(runId, "on this machine");
}

async function readLogin(id: LabId): Promise<LabLogin> {
  const file = join(machinesFolder(id), loginFile);
  try {
    return JSON.parse(await readFile(file, "utf8")) as LabLogin;
  } catch (cause) {
    throw incompleteLab(id.runId, "its keys are gone", { where: file, cause });
  }
}
