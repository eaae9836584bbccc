import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Problem } from "../../provider/provider.ts";
import { waysToGetCalico, type BgpFiles, type CalicoFiles, type CalicoSource } from "./calico-source.ts";

/** Either the files of a Calico, or why there are none. */
export type Located = { readonly files: CalicoFiles } | { readonly problem: Problem };

/** Finds a release's programs where the source says they are. */
export async function locateCalico(source: CalicoSource | undefined): Promise<Located> {
  if (source?.kind === "bin") return locateInFolder(resolve(source.folder));
  const what = source === undefined ? "no Calico is at hand" : `--calico-${source.kind} is not supported yet`;
  return { problem: { what, fix: `give one: ${waysToGetCalico}` } };
}

/** Folder of programs as built or taken out of images: the host's own file system runs them. */
async function locateInFolder(folder: string): Promise<Located> {
  const needed = ["calico-node", "calico"];
  const missing = await lacking(folder, needed);
  if (missing.length > 0) {
    const what = `${folder} has no executable ${missing.join(" and no ")}`;
    return { problem: { what, fix: "put calico-node and the CNI plugin (as `calico`) of one release there" } };
  }
  const bgpNeeded = ["bird", "bird6", "birdcl", "confd"];
  const bgp: BgpFiles = {
    bird: join(folder, "bird"),
    bird6: join(folder, "bird6"),
    birdcl: join(folder, "birdcl"),
    confd: join(folder, "confd"),
  };
  const files = { calicoNode: join(folder, "calico-node"), cniPlugin: join(folder, "calico") };
  return { files: (await lacking(folder, bgpNeeded)).length === 0 ? { ...files, bgp } : files };
}

async function lacking(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(
    names.map((name) =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => there[index] !== true);
}
