import { didYouMean } from "../core/closest-name.ts";
import type { AllGiven } from "../core/flags.ts";
import { UsageError } from "../core/errors.ts";
import type { ClusterStanding } from "../provider/offer.ts";
import { guestOffer, installedOffer } from "./kubernetes/options.ts";
import type { DataplaneOffer } from "./offer.ts";
import { referenceOffer } from "./reference/options.ts";
import { standaloneOffer } from "./standalone/options.ts";

/** All dataplanes, in the order in which `--dataplane auto` tries those that are for a lab. To add one, add a line. */
export const dataplaneOffers: readonly DataplaneOffer[] = [standaloneOffer, installedOffer, guestOffer, referenceOffer];

/** Words that `--dataplane` takes. */
export const dataplaneNames: readonly string[] = ["auto", ...new Set(dataplaneOffers.map(({ name }) => name))];

/** A dataplane, and why it is that one where nobody asked for it by name. */
export interface AskedDataplane {
  readonly offer: DataplaneOffer;
  readonly because?: string;
}

/** The dataplane of that name for labs of that kind, or the first that `auto` takes there; UsageError where there is none. */
export function askedDataplane(word: string, given: AllGiven, cluster?: ClusterStanding): AskedDataplane {
  const fitting = dataplaneOffers.filter((offer) => offer.cluster === cluster);
  if (word !== "auto") return { offer: named(word, fitting) };
  const [offer] = fitting.filter((each) => each.taken(given));
  if (offer === undefined) throw new UsageError("no dataplane supports these labs");
  const passedOver = fitting.slice(0, fitting.indexOf(offer)).flatMap((each) => each.passedOver ?? []);
  return passedOver.length === 0 ? { offer } : { offer, because: passedOver.join("; ") };
}

function named(word: string, fitting: readonly DataplaneOffer[]): DataplaneOffer {
  const offer = fitting.find(({ name }) => name === word);
  if (offer !== undefined) return offer;
  if (dataplaneOffers.some(({ name }) => name === word)) {
    throw new UsageError(
      `the ${word} dataplane cannot be installed in a cluster, which has Calico's own rules and routes`,
      {
        fix: "leave --dataplane out, or use a provider whose labs are not clusters",
      },
    );
  }
  throw new UsageError(
    `unknown dataplane "${word}"${didYouMean(word, dataplaneNames)}; known: ${dataplaneNames.join(", ")}`,
  );
}
