import { file, pick, yes } from "../../core/flags.ts";
import { UsageError } from "../../core/errors.ts";
import { runTools } from "../run-tools.ts";
import type { ProviderOffer } from "../offer.ts";
import { hostsProvider } from "./index.ts";
import { loadInventory } from "./load-inventory.ts";

const flags = {
  inventory: file("file", "use existing machines over ssh: a YAML file with address, user and key of each node"),
  installOnHosts: {
    ...yes("let machines of the inventory install the packages they lack with their package managers"),
    // Beside --no-install, which is about this machine, it looked like its opposite.
    formerly: "install",
  },
  acceptNewHostKeys: yes("trust machines of the inventory whose ssh host key is not yet known"),
};

/** Labs on existing machines, reached over ssh. */
export const hostsOffer: ProviderOffer = {
  name: "hosts",
  group: "machines",
  flags,
  auto: false,
  meantBy: ["inventory"],
  reachedBy: ["inventory", "acceptNewHostKeys"],
  needs: {
    flag: "inventory",
    detail: "runs on existing machines, and no inventory was given",
    fix: "npm run lab -- doctor --inventory FILE logs in to each and says what it lacks",
  },
  make: async (given, context) => {
    const { inventory, installOnHosts: install = false, acceptNewHostKeys = false } = pick(flags, given);
    if (inventory === undefined) {
      throw new UsageError("--provider hosts needs machines", {
        fix: "give --inventory FILE (npm run lab -- schema inventory)",
      });
    }
    return hostsProvider(context, {
      inventory: await loadInventory(inventory),
      install,
      acceptNewHostKeys,
      ...(context.sshAgent === undefined ? {} : { agent: context.sshAgent }),
      ...(context.onNotice === undefined ? {} : { onNotice: context.onNotice }),
    });
  },
  tools: () => ({ needed: runTools, wanted: [] }),
};
