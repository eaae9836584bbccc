import { createProviders, type ProvidersContext } from "../provider/registry.ts";
import type { Provider } from "../provider/provider.ts";
import type { Variant } from "../run/request.ts";
import type { ProviderOptions } from "./provider-options.ts";

/** The providers that the options allow, cheapest first; a kernel asks for virtual machines. */
export function chosenProviders(options: Choice, context: ProvidersContext): readonly Provider[] {
  const [kernel] = options.kernel ?? [];
  const vm = {
    ...(kernel === undefined ? {} : { kernel }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
  };
  const wanted = options.provider === "auto" && kernel !== undefined ? "vm" : options.provider;
  const all = createProviders({ ...context, vm });
  return wanted === "auto" ? all : all.filter(({ name }) => name === wanted);
}

/** One variant for each kernel that is asked for; otherwise a single one without a name. */
export function chosenVariants(options: Choice, context: ProvidersContext): readonly Variant[] {
  const kernels = options.kernel ?? [];
  if (kernels.length < 2) return [{ providers: chosenProviders(options, context) }];
  return kernels.map((kernel) => ({
    name: `kernel ${kernel}`,
    providers: chosenProviders({ ...options, kernel: [kernel] }, context),
  }));
}

type Choice = Pick<ProviderOptions, "provider" | "kernel" | "cache">;
