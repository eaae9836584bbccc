import { Option, type Command } from "commander";
import { dataplaneNames } from "../dataplane/registry.ts";
import { addCalicoOptions } from "./chosen-dataplane.ts";
import { addInventoryOptions, type InventoryOptions } from "./inventory-options.ts";
import { collect } from "./scenario-options.ts";

/** Options that say on what to run. */
export interface ProviderOptions extends InventoryOptions {
  readonly provider: "auto" | "netns" | "docker" | "vm";
  readonly dataplane: string;
  readonly calicoBin?: string;
  readonly calicoArchive?: string;
  readonly calicoImage?: string;
  readonly etcd?: string;
  readonly kernel?: string[];
  readonly image?: string;
  readonly cache?: string;
  readonly agentImage?: string;
}

/** Adds the options that say on what to run. */
export function addProviderOptions(command: Command): Command {
  return addInventoryOptions(addCalicoOptions(command))
    .addOption(
      new Option("--provider <name>", "what makes the nodes; auto takes the cheapest that can do the mode and says why")
        .choices(["auto", "netns", "docker", "vm"])
        .default("auto"),
    )
    .addOption(
      new Option("--dataplane <name>", "what puts the mode into effect; auto is real Calico where one is given below")
        .choices(dataplaneNames)
        .default("auto"),
    )
    .addOption(
      new Option(
        "--kernel <versions>",
        "kernels for virtual machines, for example 6.1,6.12: the same run on each, side by side in one report (doctor lists them)",
      ).argParser((value: string, before: string[] | undefined) => collect(value, before ?? [])),
    )
    .option("--agent-image <ref>", "Docker image of nodes and routers (default: one that is built when first needed)")
    .option(
      "--image <file>",
      "boot the virtual machines from your own cloud image (qcow2 with cloud-init) instead of a small guest with --kernel",
    )
    .option("--cache <dir>", "folder for kernels, guest images and saved machine states (default ~/.cache/encaplab)");
}
