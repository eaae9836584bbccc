import { file, pick, words, type Given } from "../../core/flags.ts";
import { UsageError } from "../../core/errors.ts";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { runTools } from "../run-tools.ts";
import { availableKernels } from "../../rootfs/kernel.ts";
import type { Finding, ProviderOffer } from "../offer.ts";
import { imageProgram, userImage } from "./image-disks.ts";
import { createVmProvider } from "./index.ts";
import { qemuProgram } from "./qemu-command.ts";

const flags = {
  kernel: words(
    "versions",
    "kernels for virtual machines, for example 6.1,6.12: the same run on each, side by side in one report (doctor lists them)",
  ),
  image: file(
    "file",
    "boot the virtual machines from your own cloud image (qcow2 with cloud-init) instead of a small guest with --kernel",
  ),
};

/** Labs of virtual machines, with kernels of the user's choice. */
export const vmOffer: ProviderOffer = {
  name: "vm",
  group: "machines",
  flags,
  auto: true,
  meantBy: ["kernel", "image"],
  make: async (given, context) => {
    const { kernel, image } = pick(flags, given);
    if (kernel !== undefined && image !== undefined) {
      throw new UsageError("--kernel and --image exclude each other: an image boots its own kernel");
    }
    if (image !== undefined) await refuseBadImage(image);
    const [version] = kernel ?? [];
    return createVmProvider({
      ...context,
      ...(version === undefined ? {} : { kernel: version }),
      ...(image === undefined ? {} : { image }),
    });
  },
  variants: (given) => {
    const { kernel = [] } = pick(flags, given);
    if (kernel.length < 2) return [];
    return kernel.map((version) => ({ name: `kernel ${version}`, given: { ...given, kernel: [version] } }));
  },
  tools: (given) => ({ needed: runTools, wanted: toolsFor(pick(flags, given)) }),
  findings: async (_, host) => [await kernelFinding(host)],
};

function toolsFor({ image }: Given<typeof flags>): readonly string[] {
  return [qemuProgram, "depmod", ...(image === undefined ? [] : [imageProgram])];
}

/** A wrong file is wrong usage. Where the tool that could tell is missing, the provider names it. */
async function refuseBadImage(image: string): Promise<void> {
  try {
    await userImage(localExecutor(), image);
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure !== "missing-program") throw error;
  }
}

async function kernelFinding(host: Executor): Promise<Finding> {
  const newest = new Map<string, string>();
  for (const { release } of await availableKernels(host)) {
    const series = /^\d+\.\d+/.exec(release)?.[0] ?? release;
    if (!newest.has(series)) newest.set(series, release);
  }
  const kernels = [...newest].map(([series, release]) => `${series} (${release})`);
  if (kernels.length > 0)
    return { what: "kernels", state: "ready", detail: `${kernels.join(", ")} (--kernel)`, fixes: [] };
  return {
    what: "kernels",
    state: "missing",
    detail: "the distribution's package lists contain no kernel for virtual machines",
    fixes: ["apt-get update, or --kernel FILE with a linux-image-*.deb"],
  };
}
