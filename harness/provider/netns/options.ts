import { runTools } from "../run-tools.ts";
import type { ProviderOffer } from "../offer.ts";
import { netnsProvider } from "./index.ts";

/** Labs of network namespaces: the cheapest there are, with the kernel of this machine. */
export const netnsOffer: ProviderOffer = {
  name: "netns",
  group: "lab",
  flags: {},
  auto: true,
  make: (_, context) => netnsProvider(context),
  // Nobody but root can use them here.
  tools: (_, userId) => ({ needed: userId === 0 ? runTools : [], wanted: [] }),
};
