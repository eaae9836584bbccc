import { withWholePaths, type AllGiven, type Flags } from "../core/flags.ts";
import type { DataplaneOffer } from "../dataplane/offer.ts";
import type { LabLabel } from "../lab/lab.ts";
import type { ProviderOffer } from "../provider/offer.ts";
import type { LabMemory } from "../run/keep.ts";
import type { LabChoice } from "./lab-choice.ts";
import type { PathOptions } from "./scenario-options.ts";

/** What a lab that stays is labeled with: the paths that were asked for, and the flags that reaching it takes. */
export async function memoryOf({ profile, paths, shard }: PathOptions, labs: LabChoice): Promise<LabMemory> {
  const { given, cache, offers, dataplane } = labs;
  const ofProviders = offers.map((offer) => reaching(offer, given));
  const { offer } = dataplane;
  const ofDataplane = (await offer.remember?.(given, cache)) ?? reaching(offer, given);
  return {
    asked: { profile, paths, ...(shard === undefined ? {} : { shard }) },
    flags: {
      provider: Object.assign({}, ...ofProviders) as AllGiven,
      dataplane: withWholePaths(offer.flags, ofDataplane),
    },
  };
}

/** What stands on a lab once all of its nodes have come to one release. */
export function memoryAfterUpgrade(memory: LabMemory, { dataplane: { offer } }: LabChoice): LabMemory {
  const { flags } = memory;
  if (flags === undefined || offer.upgraded === undefined) return memory;
  return { ...memory, flags: { ...flags, dataplane: offer.upgraded(flags.dataplane) } };
}

/** What a lab's label says of the flags that it was built with, unless others of the same owner are given now. */
export function recalledFlags(
  { flags }: LabLabel,
  given: AllGiven,
  { provider, dataplane }: { readonly provider: ProviderOffer; readonly dataplane: DataplaneOffer },
): AllGiven {
  const unless = (owner: { readonly flags: Flags }, remembered: AllGiven = {}): AllGiven =>
    Object.keys(owner.flags).some((key) => given[key] !== undefined) ? {} : remembered;
  return { ...unless(provider, flags?.provider), ...unless(dataplane, flags?.dataplane) };
}

function reaching({ flags, reachedBy = [] }: ProviderOffer | DataplaneOffer, given: AllGiven): AllGiven {
  const own = Object.entries(given).filter(([key, value]) => reachedBy.includes(key) && value !== undefined);
  return withWholePaths(flags, Object.fromEntries(own));
}
