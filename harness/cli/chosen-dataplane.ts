import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { LabError, UsageError } from "../core/errors.ts";
import { nothingGiven, waysToGetCalico, type CalicoSource } from "../dataplane/standalone/calico-source.ts";
import { calicoPayload } from "../dataplane/standalone/payload.ts";
import type { ProvidersContext } from "../provider/registry.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import { createDataplane } from "../dataplane/registry.ts";
import { kubernetesOf, meansCluster, type ClusterOptions } from "./cluster-options.ts";
import type { ProviderOptions } from "./provider-options.ts";

/** What the options say about the dataplane. */
export type DataplaneChoice = Pick<
  ProviderOptions,
  "dataplane" | "calicoBin" | "calicoArchive" | "calicoImage" | "etcd" | "cache"
> &
  ClusterOptions & { readonly provider?: string };

/** Adds the options that say where real Calico comes from. */
export function addCalicoOptions(command: Command): Command {
  return command
    .option("--calico-bin <dir>", "real Calico: a folder with calico-node, the CNI plugin calico, and bird")
    .option("--calico-archive <file>", "real Calico: a node image saved by docker save, or an OCI archive")
    .option(
      "--calico-image <ref>",
      "real Calico: images to be pulled by skopeo, comma separated; for …/node:TAG alone also …/cni:TAG",
    )
    .option("--etcd <path>", "etcd program for real Calico without Kubernetes (default: etcd on the PATH)");
}

/** The dataplane that the options ask for; at most one source of Calico may be given, and one must be where Calico is asked for. */
export function chosenDataplane(options: DataplaneChoice, logs?: string): Dataplane {
  const [source, ...others] = sourcesOf(options);
  if (others.length > 0) throw new UsageError("give one of --calico-bin, --calico-archive and --calico-image");
  if (options.dataplane === "calico" && source === undefined && !isKubernetes(options)) {
    throw new LabError(nothingGiven, { fix: `give one: ${waysToGetCalico}` });
  }
  const calico = {
    cache: cacheOf(options),
    ...(source === undefined ? {} : { source }),
    ...(options.etcd === undefined ? {} : { etcd: options.etcd }),
    ...(logs === undefined ? {} : { logs }),
  };
  const kubernetes = isKubernetes(options) ? { kubernetes: kubernetesOf(options) } : {};
  return createDataplane(options.dataplane, { calico, ...kubernetes });
}

/** Why the reference dataplane runs where nobody asked for it by name, and how to get the real one. */
export function whyReference(options: DataplaneChoice): string | undefined {
  const asked = options.dataplane !== "auto" || sourcesOf(options).length > 0;
  if (asked || isKubernetes(options)) return undefined;
  return "no Calico is given: --calico-archive FILE or --calico-bin DIR runs the real one";
}

/** Whether labs are clusters: there Calico is the cluster's own. */
function isKubernetes(options: DataplaneChoice): boolean {
  return options.provider === "kind" || meansCluster(options);
}

/** What machines need on board for the dataplane that the options ask for: Calico's own root file system. */
export function machinesFor(options: DataplaneChoice): Pick<ProvidersContext, "vm"> {
  const [source] = sourcesOf(options);
  if (source === undefined || options.dataplane === "reference") return {};
  return { vm: { payload: () => calicoPayload(source, cacheOf(options)) } };
}

function cacheOf({ cache }: DataplaneChoice): string {
  return cache ?? join(homedir(), ".cache", "encaplab");
}

function sourcesOf({ calicoBin, calicoArchive, calicoImage }: DataplaneChoice): readonly CalicoSource[] {
  return [
    ...(calicoBin === undefined ? [] : [{ kind: "bin", folder: calicoBin } as const]),
    ...(calicoArchive === undefined ? [] : [{ kind: "archive", file: calicoArchive } as const]),
    ...(calicoImage === undefined ? [] : [{ kind: "image", reference: calicoImage } as const]),
  ];
}
