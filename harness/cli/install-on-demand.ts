import { chooseProvider, examineProviders } from "../run/choose.ts";
import { createProviders } from "../provider/registry.ts";
import { installTools, missingTools } from "../../scripts/tools.mjs";
import type { RunOrder } from "./run-and-report.ts";

/** Tools that virtual machines, real Calico and a BGP fabric need beyond those of every lab. */
const tools = {
  machines: ["qemu-system-x86_64", "depmod"],
  image: ["qemu-img"],
  calico: ["etcd", "iptables", "ipset", "conntrack"],
  bgp: ["bird"],
} as const;

/**
 * Installs what only this run needs, by the same rules as the bootstrap. What cannot be installed is told and left to the
 * provider or dataplane, which name it as the reason for what they cannot do.
 */
export async function installOnDemand(
  order: Pick<RunOrder, "provider" | "kernel" | "image" | "inventory" | "dataplane" | "modes" | "plan">,
): Promise<void> {
  const wanted = [
    ...((await needsMachines(order)) ? tools.machines : []),
    ...(order.image === undefined ? [] : tools.image),
    ...(wantsCalico(order) ? tools.calico : []),
    ...(order.plan.topology.fabric === "bgp" ? tools.bgp : []),
  ];
  const missing = missingTools(wanted);
  if (missing.length === 0) return;
  const say = (line: string): void => {
    process.stderr.write(`encaplab: ${line}\n`);
  };
  const problem = await installTools(missing, { allowed: process.env.ENCAPLAB_NO_INSTALL === undefined, say });
  if (problem !== undefined) say(problem);
}

async function needsMachines({
  provider,
  kernel,
  image,
  inventory,
  modes,
  plan,
}: Parameters<typeof installOnDemand>[0]): Promise<boolean> {
  if (inventory !== undefined) return false;
  if (provider === "vm" || (kernel ?? image) !== undefined) return true;
  if (provider !== "auto" || !modes.some((mode) => mode.encapsulation === "ipip")) return false;
  const netns = await examineProviders(
    createProviders().filter(({ name }) => name === "netns"),
    plan,
    modes,
  );
  return modes.some((mode) => "skip" in chooseProvider(mode, plan.families, netns));
}

function wantsCalico({ dataplane }: Parameters<typeof installOnDemand>[0]): boolean {
  if (dataplane === undefined) return false;
  const { dataplane: name, calicoBin, calicoArchive, calicoImage } = dataplane;
  return name === "calico" || (name === "auto" && (calicoBin ?? calicoArchive ?? calicoImage) !== undefined);
}
