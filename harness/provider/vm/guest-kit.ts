import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { Executor } from "../../exec/executor.ts";
import type { Payload } from "../../lab/lab.ts";
import { findAccelerator } from "./accelerator.ts";
import { markUsed } from "../../core/cache.ts";
import { guestImage, type GuestImage } from "../../rootfs/guest-image.ts";
import { guestInit, sshdConfig } from "../../rootfs/guest-init.ts";
import { guestTools } from "../../rootfs/guest-tools.ts";
import type { WantedProgram } from "../../rootfs/host-programs.ts";
import { fetchKernel, type GuestKernel } from "../../rootfs/kernel.ts";
import { bootModules, onDemandModules } from "../../rootfs/kernel-modules.ts";
import { qemuProgram, type MachineModel } from "./qemu-command.ts";
import { recalled } from "../../core/recall.ts";
import { findState, stateKey } from "./saved-state.ts";

/** MiB of memory of a guest: its file system takes 45, and captures of a run as much again. */
const guestMemoryMiB = 256;

/** MiB of a guest with a payload, which is there to run large programs: Calico's take 240, and their file cache more. */
const payloadMemoryMiB = 1024;

/** Changes when packages become known: what `apt-get update` writes. */
const packageLists = "/var/lib/apt/lists";

/** Everything that machines are started from. */
export interface GuestKit {
  readonly cache: string;
  readonly model: MachineModel;
  readonly kernelRelease: string;
  /** Name of the saved state that fits. */
  readonly stateKey: string;
  /** The saved state, if there is one. */
  readonly state?: string;
  /** Told why machines boot when they could have started from a state. */
  readonly onNotice?: (text: string) => void;
}

/** Fetches, builds or finds in the cache what machines with a kernel need; `further` programs are for labs that ask for them. */
export async function guestKit(
  host: Executor,
  cache: string,
  wantedKernel: string,
  payload?: Payload,
  further: readonly WantedProgram[] = [],
): Promise<GuestKit> {
  const tools = [...guestTools, ...further];
  const [version, { kernel, image }] = await Promise.all([
    qemuVersion(host),
    guestFiles(host, cache, wantedKernel, tools),
  ]);
  // The answers about them are remembered, so that nothing else tells that they are in use.
  await Promise.all([kernel.image, image.file].map((file) => markUsed(dirname(file))));
  const plain = { memoryMiB: guestMemoryMiB, kernel: kernel.image, initramfs: image.file };
  const accelerator = await findAccelerator(host, cache, version, plain);
  const laden = payload === undefined ? {} : { payload: payload.file, memoryMiB: payloadMemoryMiB };
  const model = { ...plain, ...laden, accelerator };
  const key = stateKey(model, version, kernel.release, image.digest, payload?.digest);
  const state = await findState(cache, key);
  return { cache, model, kernelRelease: kernel.release, stateKey: key, ...(state === undefined ? {} : { state }) };
}

interface GuestFiles {
  readonly kernel: GuestKernel;
  readonly image: GuestImage;
}

/** Asks apt, ldd and all programs again only when something has changed. */
function guestFiles(
  host: Executor,
  cache: string,
  wanted: string,
  tools: readonly WantedProgram[],
): Promise<GuestFiles> {
  const recipe = [wanted, tools, bootModules, onDemandModules, guestInit(), sshdConfig];
  return recalled(cache, JSON.stringify(recipe), async () => {
    const kernel = await fetchKernel(host, cache, wanted);
    const image = await guestImage(host, cache, kernel, tools);
    const local = await access(wanted).then(
      () => [wanted],
      () => [],
    );
    const sources = [packageLists, kernel.image, image.file, ...image.sources, ...local];
    return { value: { kernel, image }, sources };
  });
}

async function qemuVersion(host: Executor): Promise<string> {
  return (await host.run([qemuProgram, "--version"])).stdout.split("\n")[0] ?? "";
}
