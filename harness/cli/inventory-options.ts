import type { Command } from "commander";
import type { ProviderContext } from "../provider/context.ts";
import { hostsProvider } from "../provider/hosts/index.ts";
import { loadInventory } from "../provider/hosts/inventory.ts";
import type { Provider } from "../provider/provider.ts";

/** Options of machines that exist already. */
export interface InventoryOptions {
  readonly inventory?: string;
  readonly install?: boolean;
  readonly acceptNewHostKeys?: boolean;
}

/** Adds the options of machines that exist already. */
export function addInventoryOptions(command: Command): Command {
  return command
    .option(
      "--inventory <file>",
      "use machines that exist, over ssh: a YAML file with address, user and key of each node",
    )
    .option("--install", "let the machines of the inventory install the packages they lack")
    .option("--accept-new-host-keys", "trust machines of the inventory whose ssh host key is not known yet");
}

/** The provider of the inventory's machines; undefined where no inventory is given. */
export async function inventoryProvider(
  options: InventoryOptions,
  context: ProviderContext,
): Promise<Provider | undefined> {
  if (options.inventory === undefined) return undefined;
  const agent = process.env.SSH_AUTH_SOCK;
  return hostsProvider(context, {
    inventory: await loadInventory(options.inventory),
    install: options.install ?? false,
    acceptNewHostKeys: options.acceptNewHostKeys ?? false,
    ...(agent === undefined ? {} : { agent }),
    onNotice: (text) => {
      process.stderr.write(`encaplab: ${text}\n`);
    },
  });
}
