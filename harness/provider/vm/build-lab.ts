import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic-file.ts";
import { LabError } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import type { Executor } from "../../exec/executor.ts";
import { inNamespace } from "../../exec/namespace/namespace.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { fabricNamespace, type LabId } from "../../lab/lab-id.ts";
import { tellGuest } from "./control-port.ts";
import { destroyMachines } from "./destroy.ts";
import { identityLine, identityScript, type GuestIdentity } from "./guest-identity.ts";
import type { LabKeys, LabLogin } from "./guest-keys.ts";
import type { GuestKit } from "./guest-kit.ts";
import { startMachine } from "./machine.ts";
import { machineFiles, type DiskModel, type MachineModel, type MachineWires } from "./qemu-command.ts";
import { enslaveBatch, fabricScript, handOverBatch, nodeScripts, tapScript } from "./render-machines.ts";
import { keepState } from "./saved-state.ts";
import { writeClient } from "./ssh-client.ts";
import { guestName, machinesFolder, machinesNamespace, managementTap } from "./vm-names.ts";

/** File in a lab's folder with which another process logs in: a kept lab outlives its maker. */
export const loginFile = "login.json";

/** A lab's machines and what they are started from. */
export interface Begun<Kit> {
  readonly kit: Kit;
  readonly keys: LabKeys;
  readonly login: LabLogin;
  readonly machines: readonly Machine[];
}

/** Machines that run as nodes. */
export type BuiltMachines = Begun<GuestKit>;

/** Builds the fabric and all machines, up to nodes that take ssh connections. */
export async function buildMachines(
  plan: Plan,
  id: LabId,
  host: Executor,
  scope: Scope,
  prepare: () => Promise<GuestKit>,
): Promise<BuiltMachines> {
  const begun = await beginLab(plan, id, host, scope, prepare);
  await startAll(begun.machines, begun.kit, inMachines(host, id));
  await becomeNodes(plan, id, host, begun.machines, begun.keys);
  return begun;
}

/** Builds the fabric and prepares what machines are started from; they themselves are still to be started. */
export async function beginLab<Kit extends { readonly model: MachineModel | DiskModel }>(
  plan: Plan,
  id: LabId,
  host: Executor,
  scope: Scope,
  prepare: () => Promise<Kit>,
): Promise<Begun<Kit>> {
  scope.defer(`remove lab ${id.runId}: npm run lab -- down ${id.runId}`, () => destroyMachines(id.runId, host));
  await host.run(["ip", "netns", "add", machinesNamespace(id)]);
  // With the cryptography of ssh, which most runs do without.
  const { loginKeys, makeKeys } = await import("./guest-keys.ts");
  const keys = makeKeys(plan.nodes.map(({ name }) => name));
  await mkdir(machinesFolder(id), { mode: 0o700 });
  const [kit] = await Promise.all([prepare(), buildFabric(plan, id, host)]);
  const { accelerator } = kit.model;
  const login = { ...loginKeys(keys), accelerator, payload: "payload" in kit.model };
  await writeLogin(id, login);
  return { kit, keys, login, machines: plan.nodes.map((node, index) => machineOf(node, index, id)) };
}

/** Makes nodes of machines that wait for their identity. */
export async function becomeNodes(
  plan: Plan,
  id: LabId,
  host: Executor,
  machines: readonly Machine[],
  keys: LabKeys,
): Promise<void> {
  const scripts = nodeScripts(plan, id);
  await Promise.all([
    connectUplinks(plan, id, host),
    ...machines.map((machine) => giveIdentity(machine, keys, scripts.get(machine.node.name) ?? "")),
  ]);
}

/** One node's machine. */
export interface Machine {
  readonly node: PlannedNode;
  readonly where: string;
  readonly wires: MachineWires;
}

function machineOf(node: PlannedNode, index: number, id: LabId): Machine {
  const name = guestName(id, node.name);
  return {
    node,
    where: `node ${node.name} (vm ${name})`,
    wires: {
      name,
      path: join(machinesFolder(id), node.name),
      managementTap: managementTap(index),
      uplinkTap: node.uplink.bridgePort,
    },
  };
}

async function buildFabric(plan: Plan, id: LabId, host: Executor): Promise<void> {
  const built = await host.tryRun(["sh", "-s"], { input: fabricScript(plan, id), timeoutMs: 120_000 });
  if (built.exitCode !== 0) {
    const message = `the fabric of lab ${id.runId} could not be built: ${built.stdout.trim()}`;
    throw new LabError(message, { where: host.where, tail: built.stderr.trim(), fix: "npm run lab -- doctor" });
  }
  await inMachines(host, id).run(["sh", "-s"], { input: tapScript(plan) });
}

/** Moves the outer ends of the uplinks, once QEMU has opened them, from its namespace to the fabric. */
export async function connectUplinks(plan: Plan, id: LabId, host: Executor): Promise<void> {
  await inMachines(host, id).run(["ip", "-batch", "-"], { input: handOverBatch(plan, id) });
  await inFabric(host, id).run(["ip", "-batch", "-"], { input: enslaveBatch(plan) });
}

/** For the owner's eyes only: it holds the key to every node. */
async function writeLogin(id: LabId, keys: LabLogin): Promise<void> {
  await writeFileAtomic(join(machinesFolder(id), loginFile), JSON.stringify(keys));
  await writeClient(id, keys);
}

/**
 * Starts all machines side by side from the saved state. Without one, the first machine boots, its state is saved, and the others
 * start from that: sooner done than booting all. Where a state cannot be saved or read, they boot.
 */
export async function startAll(machines: readonly Machine[], kit: GuestKit, host: Executor): Promise<void> {
  const start = (machine: Machine, state?: string): Promise<void> =>
    startMachine(host, kit.model, { ...machine.wires, ...(state === undefined ? {} : { state }) }, machine.where);
  const [first, ...others] = machines;
  if (first === undefined) return;
  if (kit.state !== undefined) {
    await Promise.all(machines.map((machine) => start(machine, kit.state)));
    return;
  }
  await start(first);
  const { qmp } = machineFiles(first.wires.path);
  const state = await keepState(kit, qmp, first.where);
  await Promise.all(others.map((machine) => start(machine, state)));
}

/** What makes a machine this node. */
export function identityOf(node: PlannedNode, keys: LabKeys, setUp: string): GuestIdentity {
  const hostKey = keys.hosts[node.name]?.secret ?? "";
  return { node: node.name, uplink: node.uplink, setUp, hostKey, authorized: keys.authorized };
}

async function giveIdentity({ node, where, wires }: Machine, keys: LabKeys, setUp: string): Promise<void> {
  const script = identityScript(identityOf(node, keys, setUp), new Date());
  await tellGuest(machineFiles(wires.path).control, identityLine(script), where);
}

/** Where QEMU runs. */
export function inMachines(host: Executor, id: LabId): Executor {
  return inNamespace(host, machinesNamespace(id), `machines of lab ${id.runId}`);
}

/** Where the racks' bridges are. */
export function inFabric(host: Executor, id: LabId): Executor {
  return inNamespace(host, fabricNamespace(id), `fabric of lab ${id.runId}`);
}
