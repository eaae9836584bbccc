import { Option, type Command } from "commander";
import { dataplaneNames } from "../dataplane/registry.ts";
import { addCalicoOptions } from "./chosen-dataplane.ts";
import { addClusterOptions, addInstallOptions, type ClusterOptions } from "./cluster-options.ts";
import { addInventoryOptions, type InventoryOptions } from "./inventory-options.ts";
import { addKindOptions, type KindOptions } from "./kind-options.ts";
import { collect } from "./scenario-options.ts";

/** Options that say on what to run. */
export interface ProviderOptions extends InventoryOptions, ClusterOptions, KindOptions {
  readonly provider: "auto" | "netns" | "docker" | "vm" | "kind" | "cluster";
  readonly dataplane: string;
  readonly calicoBin?: string;
  readonly calicoArchive?: string;
  readonly calicoImage?: string;
  readonly etcd?: string;
  readonly kernel?: string[];
  readonly image?: string;
  readonly cache?: string;
}

/** The option that says what puts a mode into effect. */
const oneDataplane = (): Option =>
  new Option("--dataplane <name>", "what puts the mode into effect; auto is real Calico where one is given below")
    .choices(dataplaneNames)
    .default("auto");

/** Adds the options that say on what to run; a command that takes more than one dataplane says so by an option of its own. */
export function addProviderOptions(command: Command, dataplane: Option = oneDataplane()): Command {
  return addKindOptions(addInstallOptions(addClusterOptions(addInventoryOptions(addCalicoOptions(command)))))
    .addOption(
      new Option("--provider <name>", "what makes the nodes; auto takes the cheapest that can do the mode and says why")
        .choices(["auto", "netns", "docker", "vm", "kind", "cluster"])
        .default("auto"),
    )
    .addOption(dataplane)
    .addOption(
      new Option(
        "--kernel <versions>",
        "kernels for virtual machines, for example 6.1,6.12: the same run on each, side by side in one report (doctor lists them)",
      ).argParser((value: string, before: string[] | undefined) => collect(value, before ?? [])),
    )
    .option(
      "--image <file>",
      "boot the virtual machines from your own cloud image (qcow2 with cloud-init) instead of a small guest with --kernel",
    )
    .option("--cache <dir>", "folder for kernels, guest images and saved machine states (default ~/.cache/encaplab)");
}
