import {
  addressHex,
  addressCount,
  contains,
  hostAddress,
  nthBlock,
  networkOf,
  prefixLength,
} from "../topology/address.ts";
import { withoutPrefix } from "../topology/address.ts";

/** First half of the range for benchmarks (RFC 2544), which collides with nobody's LAN; the second is the pods'. */
const labRange = "198.18.0.0/16";

/** Turns a cluster's IPv4 networks and addresses into ones of the lab's range, with their prefixes and numbers. */
export interface LabAddresses {
  /** Undefined for a network that was not among those given. */
  network(cidr: string): string | undefined;
  /** Of an address in one of the networks, without prefix. */
  address(network: string, address: string): string | undefined;
}

/**
 * Maps networks into the lab's range. Where all lie in one /16 their last 16 bits stay as they are, so that overlaps and distances stay
 * too; otherwise, or where nothing of them may be kept, each gets the next free place of its size.
 */
export function labAddresses(networks: readonly string[], keep: boolean): LabAddresses {
  const distinct = [...new Set(networks.map(networkOf))];
  const places = (keep ? shiftedPlaces(distinct) : undefined) ?? nextPlaces(distinct);
  return {
    network: (cidr) => places.get(networkOf(cidr)),
    address: (network, address) => {
      const place = places.get(networkOf(network));
      if (place === undefined || !contains(networkOf(network), address)) return undefined;
      const number = valueOf(address) - valueOf(withoutPrefix(networkOf(network)));
      return BigInt(number) < addressCount(place) ? hostAddress(place, number) : undefined;
    },
  };
}

/** Undefined where the networks do not lie in one /16. */
function shiftedPlaces(networks: readonly string[]): ReadonlyMap<string, string> | undefined {
  const [first = "0.0.0.0/16"] = networks;
  const whole = networkOf(`${withoutPrefix(first)}/16`);
  if (!networks.every((cidr) => contains(whole, cidr))) return undefined;
  const numberOf = (cidr: string): number => valueOf(withoutPrefix(cidr)) - valueOf(withoutPrefix(whole));
  return new Map(networks.map((cidr) => [cidr, `${hostAddress(labRange, numberOf(cidr))}/${prefixLength(cidr)}`]));
}

/** The largest first, so that each place begins at a multiple of its size. */
function nextPlaces(networks: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  let next = 256;
  for (const cidr of networks.toSorted((a, b) => prefixLength(a) - prefixLength(b))) {
    const prefix = Math.max(prefixLength(cidr), widest);
    const size = Number(addressCount(`0.0.0.0/${prefix}`));
    const index = Math.ceil(next / size);
    places.set(cidr, nthBlock(labRange, prefix, index));
    next = (index + 1) * size;
  }
  return places;
}

/** A network becomes a /20 at most: 15 racks of that size fit. */
const widest = 20;

function valueOf(address: string): number {
  return Number.parseInt(addressHex(address), 16);
}
