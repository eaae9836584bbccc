import { didYouMean } from "../core/closest-name.ts";
import type { AllGiven } from "../core/flags.ts";
import { UsageError } from "../core/errors.ts";
import { clusterOffer } from "./cluster/options.ts";
import { dockerOffer } from "./docker/options.ts";
import { hostsOffer } from "./hosts/options.ts";
import { kindOffer } from "./kind/options.ts";
import { netnsOffer } from "./netns/options.ts";
import type { ProviderOffer } from "./offer.ts";
import { vmOffer } from "./vm/options.ts";

/** All providers, cheapest first: the order in which `--provider auto` tries those that it may. To add one, add a line. */
export const providerOffers: readonly ProviderOffer[] = [
  netnsOffer,
  dockerOffer,
  vmOffer,
  kindOffer,
  hostsOffer,
  clusterOffer,
];

/** Words that `--provider` takes. */
export const providerNames: readonly string[] = ["auto", ...providerOffers.map(({ name }) => name)];

/** The providers that may make the labs of a run: the named one, the one that a flag means, or all that `auto` tries. */
export function askedProviders(word: string, given: AllGiven): readonly ProviderOffer[] {
  if (word !== "auto") return [providerNamed(word)];
  const [meant] = providerOffers.filter(({ meantBy = [] }) => meantBy.some((flag) => given[flag] !== undefined));
  return meant === undefined ? providerOffers.filter(({ auto }) => auto) : [meant];
}

/** The providers whose labs can be looked for: the named one, or all that need no flag beside those that are given. */
export function searchedProviders(word: string, given: AllGiven): readonly ProviderOffer[] {
  if (word !== "auto") return [providerNamed(word)];
  return providerOffers.filter(({ needs }) => needs === undefined || given[needs.flag] !== undefined);
}

/** The provider of that name; UsageError lists all. */
export function providerNamed(name: string): ProviderOffer {
  const offer = providerOffers.find((known) => known.name === name);
  if (offer !== undefined) return offer;
  throw new UsageError(
    `unknown provider "${name}"${didYouMean(name, providerNames)}; known: ${providerNames.join(", ")}`,
  );
}
