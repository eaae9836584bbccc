import { canonicalForm, isAddress, isCidr, normalizeAddress } from "./address.ts";

declare const spelled: unique symbol;

/** Where a route leads, in its one spelling, so that equal destinations are equal texts: single hosts stand without prefix. */
export type Destination = string & { readonly [spelled]: "destination" };

/** The one spelling of a destination as ip(8) or a plan writes it; words ("default") and what is not an address stay as they are. */
export function destinationOf(text: string): Destination {
  const known = spellings.get(text);
  if (known !== undefined) return known;
  const destination = spell(text);
  if (spellings.size >= mostSpellings) spellings.clear();
  spellings.set(text, destination);
  return destination;
}

/** By text: every node of a large lab has routes to the same destinations. */
const spellings = new Map<string, Destination>();

/** Texts that are kept: more than a lab of hundreds of nodes has, and few megabytes. */
const mostSpellings = 20_000;

function spell(text: string): Destination {
  const host = text.replace(text.includes(":") ? /\/128$/ : /\/32$/, "");
  if (!host.includes("/")) return (isAddress(host) ? normalizeAddress(host) : host) as Destination;
  return (isCidr(host) ? canonicalForm(host) : host) as Destination;
}
