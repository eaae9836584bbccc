import { join } from "node:path";
import { longName, type AllGiven, type Flags } from "../core/flags.ts";
import { UsageError } from "../core/errors.ts";
import { defaultCacheFolder } from "../core/cache-folder.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import { askedDataplane, dataplaneOffers, type AskedDataplane } from "../dataplane/registry.ts";
import type { ProviderContext } from "../provider/context.ts";
import type { ProviderOffer } from "../provider/offer.ts";
import { askedProviders, providerOffers } from "../provider/registry.ts";
import type { Provider } from "../provider/provider.ts";
import type { Variant } from "../run/services.ts";
import { getTools } from "./get-tools.ts";
import type { LabOptions } from "./lab-options.ts";

/** What the options say about the labs of a run. */
export interface LabChoice {
  readonly given: AllGiven;
  readonly cache: string;
  /** Providers that may make the labs, cheapest first. */
  readonly offers: readonly ProviderOffer[];
  readonly dataplane: AskedDataplane;
}

/** What the options ask for; UsageError where one is given that does nothing then. */
export function chooseLabs(options: LabOptions): LabChoice {
  return choiceOf(options, askedProviders(options.provider, { ...options }));
}

/** The same for a lab that is up, whose provider is known. */
export function choiceOf(options: LabOptions, offers: readonly ProviderOffer[]): LabChoice {
  const given = { ...options };
  const [first] = offers;
  const dataplane = askedDataplane(options.dataplane, given, first?.cluster);
  refuseIdleFlags(given, [...offers, dataplane.offer]);
  return { given, cache: cacheOf(options), offers, dataplane };
}

/** Folder that runs share. */
export function cacheOf({ cache }: Pick<LabOptions, "cache">): string {
  return cache ?? defaultCacheFolder();
}

interface Owner {
  readonly name: string;
  readonly flags: Flags;
}

/** UsageError where a flag was given that none of those who run own: it would do nothing. */
export function refuseIdleFlags(given: AllGiven, running: readonly Owner[]): void {
  const owners: readonly Owner[] = [...providerOffers, ...dataplaneOffers];
  for (const key of Object.keys(given)) {
    const owning = owners.filter(({ flags }) => Object.hasOwn(flags, key));
    if (given[key] === undefined || owning.length === 0 || owning.some((owner) => running.includes(owner))) continue;
    const [providing, dataplanes] = [providerOffers, dataplaneOffers].map((offers) => [
      ...new Set(owning.filter((owner) => offers.some((offer) => offer === owner)).map(({ name }) => name)),
    ]);
    const ways = [
      ...(providing ?? []).map((name) => `--provider ${name}`),
      ...(dataplanes ?? []).map((name) => `--dataplane ${name}`),
    ];
    const others = [...new Set(running.map(({ name }) => name))].join(", ");
    throw new UsageError(`${longName(key)} has no effect with ${others}`, {
      fix: `leave it out, or take ${ways.join(" or ")}`,
    });
  }
}

/** What a run gives to its providers, beside what the options say. */
export type RunContext = Pick<ProviderContext, "onCommand" | "stays"> & {
  /** Folder for the dataplanes' logs. */
  readonly logs?: string;
};

/** Ways to run everything, one after the other: as many as the flags ask for, usually one; kernels times releases. */
export async function variantsOf(choice: LabChoice, run: RunContext = {}): Promise<readonly Variant[]> {
  const { logs, ...context } = run;
  const [first, ...others] = choice.offers;
  const kernels = (others.length === 0 ? first?.variants?.(choice.given) : undefined) ?? [];
  const asked = (kernels.length === 0 ? [{ given: choice.given }] : kernels).flatMap((kernel) => {
    const releases = choice.dataplane.offer.variants?.(kernel.given) ?? [];
    const before = "name" in kernel ? [kernel.name] : [];
    if (releases.length === 0) return [{ names: before, given: kernel.given, isRelease: false }];
    return releases.map(({ name, given }) => ({ names: [...before, name], given, isRelease: true }));
  });
  return Promise.all(
    asked.map(async ({ names, given, isRelease }) => {
      const own = { ...choice, given };
      const folder = logs === undefined ? undefined : join(logs, names.at(-1) ?? "");
      return {
        ...(names.length === 0 ? {} : { name: names.join(", ") }),
        providers: await providersOf(own, context),
        ...(isRelease ? { dataplane: dataplaneOf(own, folder) } : {}),
      };
    }),
  );
}

/** The providers that may make the labs of a run, cheapest first; each gets its programs when its turn comes. */
export async function providersOf(choice: LabChoice, run: Omit<RunContext, "logs"> = {}): Promise<readonly Provider[]> {
  const { given, cache, offers, dataplane } = choice;
  const context = {
    ...hostContext(cache),
    ...run,
    payload: async () => dataplane.offer.payload?.(given, cache),
  };
  return Promise.all(
    offers.map(async (offer) => {
      const provider = await offer.make(given, context);
      const { needed = [], wanted = [] } = offer.tools?.(given, process.getuid?.()) ?? {};
      const check: Provider["check"] = async (plan) => {
        await getTools([...needed, ...wanted]);
        return provider.check(plan);
      };
      return { ...provider, check };
    }),
  );
}

/** What every provider is told of this host and its user. */
export function hostContext(cache: string): ProviderContext {
  const sshAgent = process.env.SSH_AUTH_SOCK;
  return {
    cache,
    onNotice: (text) => {
      process.stderr.write(`encaplab: ${text}\n`);
    },
    ...(sshAgent === undefined ? {} : { sshAgent }),
  };
}

/** The dataplane of a run; its logs go into a folder where one is given. */
export function dataplaneOf({ given, cache, dataplane }: LabChoice, logs?: string): Dataplane {
  return dataplane.offer.make(given, { cache, ...(logs === undefined ? {} : { logs }) });
}
