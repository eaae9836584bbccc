import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Problem } from "../../lab/lab.ts";
import { nothingGiven, waysToGetCalico, type BgpFiles, type CalicoFiles, type CalicoSource } from "./calico-source.ts";
import { LabError } from "../../core/errors.ts";
import { exists } from "../../core/exists.ts";
import { pullImages } from "./pull-images.ts";
import { digestOf, unpackArchive } from "./unpack-archive.ts";

/** Either the files of a Calico, or why there are none. */
export type Located = { readonly files: CalicoFiles } | { readonly problem: Problem };

/** Finds a release's programs where the source says they are; archives are unpacked into the cache first. */
export async function locateCalico(source: CalicoSource | undefined, cache?: string): Promise<Located> {
  if (source === undefined) return noCalico(nothingGiven, `give one: ${waysToGetCalico}`);
  if (source.kind === "bin") return locateInFolder(resolve(source.folder));
  if (source.kind === "unpacked") return locateUnpacked(source.root);
  if (cache === undefined) return noCalico("an archive needs a folder to be unpacked into", "give a cache folder");
  if (source.kind === "archive") return locateInArchive(() => Promise.resolve(resolve(source.file)), resolve(cache));
  return locateInArchive(() => pullImages(source.reference, resolve(cache)), resolve(cache));
}

function noCalico(what: string, fix: string): Located {
  return { problem: { what, fix } };
}

/** Folder of programs as built or taken out of images: the host's own file system runs them. */
async function locateInFolder(folder: string): Promise<Located> {
  const missing = await lacking(folder, ["calico-node", "calico"]);
  if (missing.length > 0) {
    const what = `${folder} has no executable ${missing.join(" and no ")}`;
    return noCalico(what, "put calico-node and the CNI plugin (as `calico`) of one release there");
  }
  const bgp = await bgpFiles(folder, "", "confd");
  const files = { calicoNode: join(folder, "calico-node"), cniPlugin: join(folder, "calico") };
  return { files: bgp === undefined ? files : { ...files, bgp } };
}

/**
 * The root file system of the node image runs calico-node and BIRD; the CNI plugin, of an image of its own up to v3.32, is
 * expected in the same archive (calico/cni: /opt/cni/bin/calico).
 */
async function locateInArchive(give: () => Promise<string>, cache: string): Promise<Located> {
  let root: string;
  let file: string;
  try {
    file = await give();
    root = await unpackArchive(file, cache);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return noCalico(error.message, error.details.fix ?? "give another archive");
  }
  const located = await locateInRoot(root, file);
  if ("problem" in located) return located;
  return { files: { ...located.files, archive: { name: basename(file), sha256: await digestOf(file) } } };
}

/** Lost where the cache has been emptied since. */
async function locateUnpacked(root: string): Promise<Located> {
  if (await exists(root)) return locateInRoot(root, root);
  return noCalico(
    `the Calico that the lab was built with is no longer in the cache (${root})`,
    "give what it was built with: --calico-archive FILE or --calico-image REF",
  );
}

async function locateInRoot(root: string, file: string): Promise<Located> {
  const calicoNode = await firstThere(root, ["usr/bin/calico-node", "bin/calico-node"]);
  const cniPlugin = await firstThere(root, ["opt/cni/bin/calico", "usr/bin/calico"]);
  if (calicoNode === undefined || cniPlugin === undefined) {
    const what = `${file} has no ${calicoNode === undefined ? "calico-node" : "CNI plugin (opt/cni/bin/calico)"}`;
    return noCalico(what, "save both images into one archive: docker save -o FILE calico/node:TAG calico/cni:TAG");
  }
  const bgp =
    (await bgpFiles(root, "usr/bin", "etc/calico/confd")) ?? (await bgpFiles(root, "bin", "etc/calico/confd"));
  const files = { root, calicoNode: `/${calicoNode}`, cniPlugin: `/${cniPlugin}` };
  return { files: bgp === undefined ? files : { ...files, bgp: inside(root, bgp) } };
}

async function bgpFiles(folder: string, programs: string, confd: string): Promise<BgpFiles | undefined> {
  const [bird, bird6, birdcl] = [join(programs, "bird"), join(programs, "bird6"), join(programs, "birdcl")];
  if ((await lacking(folder, [bird, bird6, birdcl, confd])).length > 0) return undefined;
  const at = (path: string): string => join(folder, path);
  return { bird: at(bird), bird6: at(bird6), birdcl: at(birdcl), confd: at(confd) };
}

/** The same files as seen by a program whose root is `root`. */
function inside(root: string, files: BgpFiles): BgpFiles {
  const cut = (path: string): string => path.slice(root.length);
  const { bird, bird6, birdcl, confd } = files;
  return { bird: cut(bird), bird6: cut(bird6), birdcl: cut(birdcl), confd: cut(confd) };
}

async function firstThere(folder: string, names: readonly string[]): Promise<string | undefined> {
  const missing = await lacking(folder, names);
  return names.find((name) => !missing.includes(name));
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
