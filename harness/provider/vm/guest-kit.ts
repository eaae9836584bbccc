import type { Executor } from "../../exec/executor.ts";
import { findAccelerator } from "./accelerator.ts";
import { guestImage } from "./guest-image.ts";
import { fetchKernel } from "./kernel.ts";
import { qemuProgram, type MachineModel } from "./qemu-command.ts";
import { findState, stateKey } from "./saved-state.ts";

/** MiB of memory of a guest: its file system takes 45, and captures of a run as much again. */
export const guestMemoryMiB = 256;

/** Everything that machines are started from. */
export interface GuestKit {
  readonly cache: string;
  readonly model: MachineModel;
  readonly kernelRelease: string;
  /** Name of the saved state that fits. */
  readonly stateKey: string;
  /** The saved state, if there is one. */
  readonly state?: string;
}

/** Fetches, builds or finds in the cache what machines with a kernel need. */
export async function guestKit(host: Executor, cache: string, wantedKernel: string): Promise<GuestKit> {
  const version = qemuVersion(host);
  const kernel = await fetchKernel(host, cache, wantedKernel);
  const image = await guestImage(host, cache, kernel);
  const plain = { memoryMiB: guestMemoryMiB, kernel: kernel.image, initramfs: image.file };
  const model = { ...plain, accelerator: await findAccelerator(host, cache, await version, plain) };
  const key = stateKey(model, await version, kernel.release, image.digest);
  const state = await findState(cache, key);
  return { cache, model, kernelRelease: kernel.release, stateKey: key, ...(state === undefined ? {} : { state }) };
}

async function qemuVersion(host: Executor): Promise<string> {
  return (await host.run([qemuProgram, "--version"])).stdout.split("\n")[0] ?? "";
}
