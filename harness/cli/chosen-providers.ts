import { createProviders, onRequest, type ProvidersContext } from "../provider/registry.ts";
import type { Provider } from "../provider/provider.ts";
import type { Variant } from "../run/request.ts";
import { clusterProviderOf, meansCluster, type ClusterOptions } from "./cluster-options.ts";
import { inventoryProvider, type InventoryOptions } from "./inventory-options.ts";
import { kindOf, type KindOptions } from "./kind-options.ts";
import type { ProviderOptions } from "./provider-options.ts";

/** What the options say about providers. */
export type ProviderChoice = Pick<ProviderOptions, "provider" | "kernel" | "cache"> &
  InventoryOptions &
  ClusterOptions &
  KindOptions & {
    /** The lab shall outlive this process. */
    readonly keep?: boolean;
  };

/** The providers that the options allow, cheapest first; an inventory is the only one, a kernel asks for machines. */
export async function chosenProviders(
  options: ProviderChoice,
  context: ProvidersContext,
): Promise<readonly Provider[]> {
  const existing = await inventoryProvider(options, context);
  if (existing !== undefined) return [existing];
  if (meansCluster(options)) return [clusterProviderOf(options, context)];
  const [kernel] = options.kernel ?? [];
  const vm = {
    ...context.vm,
    ...(kernel === undefined ? {} : { kernel }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
  };
  const docker = {
    ...(options.agentImage === undefined ? {} : { agentImage: options.agentImage }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    ...(options.keep === undefined ? {} : { stays: options.keep }),
  };
  const wanted = options.provider === "auto" && kernel !== undefined ? "vm" : options.provider;
  const all = createProviders({ ...context, vm, docker, kind: kindOf(options) });
  return wanted === "auto"
    ? all.filter(({ name }) => !onRequest.includes(name))
    : all.filter(({ name }) => name === wanted);
}

/** One variant for each kernel that is asked for; otherwise a single one without a name. */
export async function chosenVariants(options: ProviderChoice, context: ProvidersContext): Promise<readonly Variant[]> {
  const kernels = options.kernel ?? [];
  if (kernels.length < 2) return [{ providers: await chosenProviders(options, context) }];
  return Promise.all(
    kernels.map(async (kernel) => ({
      name: `kernel ${kernel}`,
      providers: await chosenProviders({ ...options, kernel: [kernel] }, context),
    })),
  );
}

/** What says where labs may be found. */
export type SearchOptions = InventoryOptions & ClusterOptions & KindOptions & { readonly provider?: string };

/**
 * All providers in which labs may be found: those of this machine, the inventory's and the cluster's where one is given; or
 * only the named one.
 */
export async function searchedProviders(options: SearchOptions): Promise<readonly Provider[]> {
  const existing = await inventoryProvider(options, {});
  const all = [
    ...createProviders({ kind: kindOf(options) }),
    ...(existing === undefined ? [] : [existing]),
    ...(options.kubeconfig !== undefined || options.provider === "cluster" ? [clusterProviderOf(options, {})] : []),
  ];
  const { provider = "auto" } = options;
  return provider === "auto" ? all : all.filter(({ name }) => name === provider);
}
