import type { Scope } from "../../core/scope.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Plan } from "../../topology/plan.ts";
import type { LabId } from "../../lab/lab-id.ts";
import { beginLab, connectUplinks, identityOf, inMachines, type Machine } from "./build-lab.ts";
import type { GuestIdentity } from "./guest-identity.ts";
import type { LabLogin } from "./guest-keys.ts";
import { makeDisks } from "./image-disks.ts";
import { imageSeed } from "./image-seed.ts";
import { startMachine } from "./machine.ts";
import type { DiskModel } from "./qemu-command.ts";
import { nodeScripts } from "./render-machines.ts";

/** What machines from a user's own image are started from. */
export interface ImageKit {
  /** Absolute path. */
  readonly image: string;
  readonly model: DiskModel;
}

/**
 * An image's first boot, in milliseconds. Debian 12 with cloud-init takes 140 s under emulation with a processor to itself and ten
 * times that on a crowded machine, whose console falls silent for minutes; with KVM it takes a tenth.
 */
const bootLimits = {
  tcg: { totalMs: 2_400_000, silentMs: 600_000 },
  kvm: { totalMs: 600_000, silentMs: 180_000 },
} as const;

/** Builds the fabric and a machine from the image for every node. Each boots for itself: disks have no states to start from. */
export async function buildFromImage(
  plan: Plan,
  id: LabId,
  host: Executor,
  scope: Scope,
  prepare: () => Promise<ImageKit>,
): Promise<LabLogin> {
  const { kit, keys, login, machines } = await beginLab(plan, id, host, scope, prepare);
  const scripts = nodeScripts(plan, id);
  const inside = inMachines(host, id);
  await Promise.all(
    machines.map((machine) => {
      const setUp = scripts.get(machine.node.name) ?? "";
      return startFromImage(machine, kit, identityOf(machine.node, keys, setUp), id, inside);
    }),
  );
  await connectUplinks(plan, id, host);
  return login;
}

async function startFromImage(
  { node, where, wires }: Machine,
  kit: ImageKit,
  identity: GuestIdentity,
  id: LabId,
  host: Executor,
): Promise<void> {
  const seed = imageSeed({ ...identity, instance: `${id.runId}-${node.name}` });
  const disks = await makeDisks(host, kit.image, wires.path, seed, node.uplink.mac);
  await startMachine(host, kit.model, { ...wires, disks }, where, bootLimits[kit.model.accelerator]);
}
