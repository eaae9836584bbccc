import { stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { guestMac } from "../../rootfs/guest-init.ts";
import { seedLabel } from "./image-seed.ts";
import type { MachineDisks } from "./qemu-command.ts";
import { seedImage, type SeedFile } from "../../rootfs/seed-image.ts";

/** Program that makes overlays and knows formats; in the package qemu-utils. */
export const imageProgram = "qemu-img";

/** Absolute path of a user's image. Throws a UsageError where it is none that machines can boot from. */
export async function userImage(host: Executor, file: string): Promise<string> {
  const path = resolve(file);
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`the image ${file} cannot be read`, { cause, fix: "check the path after --image" });
  });
  if (!found.isFile()) throw new UsageError(`the image ${file} is not a file`);
  // The format is looked for and not believed: a raw disk could claim to be anything.
  const { exitCode, stdout, stderr } = await host.tryRun([imageProgram, "info", "--output=json", path]);
  if (exitCode !== 0) throw new UsageError(`the image ${file} cannot be used: ${stderr.trim()}`);
  const { format } = JSON.parse(stdout) as { readonly format?: string };
  if (format === "qcow2") return path;
  throw new UsageError(`the image ${file} is not a qcow2 image but ${format ?? "something unknown"}`, {
    fix: `give the cloud image (.qcow2) of a distribution, or convert a disk: ${imageProgram} convert -O qcow2 ${file} new.qcow2`,
  });
}

/** Makes the disks of one machine beside its other files: a layer over the image, which itself is never written to, and the seed. */
export async function makeDisks(
  host: Executor,
  image: string,
  path: string,
  seed: readonly SeedFile[],
  uplinkMac: string,
): Promise<MachineDisks> {
  const disks = { system: `${path}.qcow2`, seed: `${path}.seed`, macs: { management: guestMac, uplink: uplinkMac } };
  await host.run([imageProgram, "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, disks.system]);
  // It holds the machine's secret key.
  await writeFile(disks.seed, seedImage(seedLabel, seed), { mode: 0o600 });
  return disks;
}
