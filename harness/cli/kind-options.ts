import { Option, type Command } from "commander";
import type { KindProviderOptions } from "../provider/kind/index.ts";
import { proxyModes, type ProxyMode } from "../provider/kind/render-config.ts";
import { collect } from "./scenario-options.ts";

/** Options of clusters that are made for a run. */
export interface KindOptions {
  readonly kind?: string;
  readonly nodeImage?: string;
  readonly imageArchive?: string[];
  readonly registry?: string;
  readonly kubeProxy?: ProxyMode;
  readonly kubectl?: string;
  readonly agentImage?: string;
  readonly cache?: string;
}

/** Adds the options by which kind clusters are made. */
export function addKindOptions(command: Command): Command {
  return command
    .option("--kind <path>", "kind program (default: kind on the PATH)")
    .option("--node-image <ref>", "image of kind's nodes (default: the one in an archive, or kind's own)")
    .addOption(
      new Option(
        "--image-archive <files>",
        "images saved by docker save, comma separated, repeatable: kind's node image, and what its nodes need of Calico",
      ).argParser((value: string, before: string[] | undefined) => collect(value, before ?? [])),
    )
    .option("--registry <url>", "registry that kind's nodes ask in place of all others")
    .addOption(new Option("--kube-proxy <mode>", "how kube-proxy works in kind's nodes").choices(proxyModes));
}

/** What the provider of kind clusters is told. */
export function kindOf(options: KindOptions): KindProviderOptions {
  const { kind, nodeImage, imageArchive, registry, kubeProxy, kubectl, agentImage, cache } = options;
  return {
    ...(kind === undefined ? {} : { kindProgram: kind }),
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(imageArchive === undefined ? {} : { imageArchives: imageArchive }),
    ...(registry === undefined ? {} : { registry }),
    ...(kubeProxy === undefined ? {} : { proxyMode: kubeProxy }),
    ...(kubectl === undefined ? {} : { kubectl }),
    ...(agentImage === undefined ? {} : { agentImage }),
    ...(cache === undefined ? {} : { cache }),
  };
}
