import { constants } from "node:fs";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic-file.ts";
import { withScope } from "../../core/scope.ts";
import { poll } from "../../core/poll.ts";
import type { Executor } from "../../exec/executor.ts";
import { waitingMarker } from "../../rootfs/guest-init.ts";
import { modelArgv, qemuProgram, type Accelerator, type MachineModel } from "./qemu-command.ts";

/** Milliseconds for a trial boot; a real KVM needs about one second. */
const trialTimeoutMs = 10_000;

/**
 * KVM where it really works, TCG elsewhere. A device file proves nothing: in nested virtualization guests hang or crash with it. So
 * the guest itself is booted with it once, and the answer is kept for this kernel and this QEMU.
 */
export async function findAccelerator(
  host: Executor,
  cache: string,
  qemuVersion: string,
  model: Omit<MachineModel, "accelerator">,
): Promise<Accelerator> {
  const usable = await access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!usable) return "tcg";
  const file = join(cache, "accelerator.json");
  const key = `${release()} ${qemuVersion}`;
  const known = await readKnown(file);
  if (known.key === key && known.accelerator !== undefined) return known.accelerator;
  const accelerator = (await bootsWithKvm(host, model)) ? "kvm" : "tcg";
  await writeFileAtomic(file, JSON.stringify({ key, accelerator }));
  return accelerator;
}

async function readKnown(file: string): Promise<{ readonly key?: string; readonly accelerator?: Accelerator }> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return JSON.parse(text) as { readonly key?: string; readonly accelerator?: Accelerator };
}

async function bootsWithKvm(host: Executor, model: Omit<MachineModel, "accelerator">): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), `encaplab-none.${process.pid}.`));
  const serial = join(folder, "console");
  try {
    return await withScope(async (scope) => {
      const argv = [qemuProgram, ...modelArgv({ ...model, accelerator: "kvm" }), "-serial", `file:${serial}`];
      const machine = await host.spawn(argv, scope, { timeoutMs: trialTimeoutMs });
      let ended = false;
      const onEnd = (): void => {
        ended = true;
      };
      machine.finished.then(onEnd, onEnd);
      return await poll(
        async () => {
          const booted = (await readFile(serial, "utf8").catch(() => "")).includes(waitingMarker);
          return booted || ended ? { done: true, value: booted } : { done: false, seen: "booting" };
        },
        { what: "a trial boot with KVM", timeoutMs: trialTimeoutMs + 5_000, intervalMs: 20 },
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
