import { UsageError } from "../core/errors.ts";
import { CommandError } from "../exec/command-error.ts";
import { localExecutor } from "../exec/local/local.ts";
import { createProviders, onRequest, type ProvidersContext } from "../provider/registry.ts";
import type { Provider } from "../provider/provider.ts";
import { userImage } from "../provider/vm/image-disks.ts";
import type { Variant } from "../run/request.ts";
import { clusterProviderOf, meansCluster, type ClusterOptions } from "./cluster-options.ts";
import { inventoryProvider, type InventoryOptions } from "./inventory-options.ts";
import { kindOf, type KindOptions } from "./kind-options.ts";
import type { ProviderOptions } from "./provider-options.ts";

/** What the options say about providers. */
export type ProviderChoice = Pick<ProviderOptions, "provider" | "kernel" | "image" | "cache"> &
  InventoryOptions &
  ClusterOptions &
  KindOptions & {
    /** The lab shall outlive this process. */
    readonly keep?: boolean;
  };

/** The providers that the options allow, cheapest first; an inventory is the only one, a kernel or an image asks for machines. */
export async function chosenProviders(
  options: ProviderChoice,
  context: ProvidersContext,
): Promise<readonly Provider[]> {
  const existing = await inventoryProvider(options, context);
  if (existing !== undefined) return [existing];
  if (meansCluster(options)) return [clusterProviderOf(options, context)];
  const [kernel] = options.kernel ?? [];
  if (kernel !== undefined && options.image !== undefined) {
    throw new UsageError("--kernel and --image exclude each other: an image boots its own kernel");
  }
  if (options.image !== undefined) await refuseBadImage(options.image);
  const vm = {
    onNotice: (text: string) => {
      process.stderr.write(`encaplab: ${text}\n`);
    },
    ...context.vm,
    ...(kernel === undefined ? {} : { kernel }),
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
  };
  const docker = {
    ...(options.agentImage === undefined ? {} : { agentImage: options.agentImage }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    ...(options.keep === undefined ? {} : { stays: options.keep }),
  };
  const asksForMachines = kernel !== undefined || options.image !== undefined;
  const wanted = options.provider === "auto" && asksForMachines ? "vm" : options.provider;
  const all = createProviders({ ...context, vm, docker, kind: kindOf(options) });
  return wanted === "auto"
    ? all.filter(({ name }) => !onRequest.includes(name))
    : all.filter(({ name }) => name === wanted);
}

/** A wrong file is wrong usage. Where the tool that could tell is missing, the provider names it. */
async function refuseBadImage(image: string): Promise<void> {
  try {
    await userImage(localExecutor(), image);
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure !== "missing-program") throw error;
  }
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
