import type { TestedFile } from "../../lab/tested-file.ts";

/** Where a Calico release comes from: what `--calico-bin`, `--calico-archive` and `--calico-image` name. */
export type CalicoSource =
  | { readonly kind: "bin"; readonly folder: string }
  | { readonly kind: "archive"; readonly file: string }
  | { readonly kind: "image"; readonly reference: string }
  /** What a lab that is up runs: unpacked in the cache, whatever has become of the file that it came from. */
  | { readonly kind: "unpacked"; readonly root: string };

/** Programs and templates of one Calico release, ready to run on this machine's nodes. */
export interface CalicoFiles {
  /** Root file system that the paths below are in; missing = this machine's own. */
  readonly root?: string;
  readonly calicoNode: string;
  /** What it was unpacked from; missing where nobody remembers. */
  readonly archive?: TestedFile;
  /** The CNI plugin under the file name `calico`, which it dispatches on. */
  readonly cniPlugin: string;
  /** Missing where the release has no BIRD: modes whose routes come by BGP cannot run then. */
  readonly bgp?: BgpFiles;
}

/** What Calico's BGP needs: its own fork of BIRD 1.6, which knows the tunnel attribute, and confd's templates. */
export interface BgpFiles {
  readonly bird: string;
  readonly bird6: string;
  readonly birdcl: string;
  /** Folder with `conf.d` and `templates`, as `/etc/calico/confd` of the node image. */
  readonly confd: string;
}

/** What is said wherever Calico is asked for and no source of it was given. */
export const nothingGiven = "no Calico was given";

/** Ways to get a Calico, for every message that says that there is none. */
export const waysToGetCalico =
  "--calico-bin DIR (calico-node, calico, and for BGP bird, bird6, birdcl, confd/), --calico-archive FILE (docker save or OCI), or --calico-image REF";
