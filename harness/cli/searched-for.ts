import { searchedProviders } from "../provider/registry.ts";
import type { Provider } from "../provider/provider.ts";
import { needTools } from "./get-tools.ts";
import { cacheOf, hostContext, refuseIdleFlags } from "./lab-choice.ts";
import type { LabOptions, SearchOptions } from "./lab-options.ts";

/** The providers in which labs may be found: those of this machine, and those whose nodes the flags name; or only the named one. */
export async function searchedFor(options: SearchOptions & Pick<LabOptions, "cache">): Promise<readonly Provider[]> {
  const given = { ...options };
  const offers = searchedProviders(options.provider, given);
  refuseIdleFlags(given, offers);
  // What labs of namespaces are called, and their labels, is read by it.
  await needTools(["ip"]);
  return Promise.all(offers.map(async (offer) => offer.make(given, hostContext(cacheOf(options)))));
}
