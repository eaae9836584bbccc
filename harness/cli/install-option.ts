import { Option, type Command } from "commander";
import { helpGroups } from "./help-groups.ts";

/** The option that every verb has. */
export const installFlag = "--no-install";

/** Lets every verb be told to install nothing, before or after its own options. */
export function addInstallOption(command: Command): void {
  const help = "install nothing on this machine; name the packages that are missing";
  command.addOption(new Option(installFlag, help).helpGroup(helpGroups.lab));
  command.on("option:no-install", () => {
    process.env.ENCAPLAB_NO_INSTALL = "1";
  });
}
