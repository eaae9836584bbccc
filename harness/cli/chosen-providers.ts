import { createProviders, type ProvidersContext } from "../provider/registry.ts";

import type { Provider } from "../provider/provider.ts";
import type { ProviderOptions } from "./provider-options.ts";

/** The providers that the options allow, cheapest first. */
export function chosenProviders(
  options: Pick<ProviderOptions, "provider">,
  context: ProvidersContext,
): readonly Provider[] {
  const all = createProviders(context);
  return options.provider === "auto" ? all : all.filter(({ name }) => name === options.provider);
}
