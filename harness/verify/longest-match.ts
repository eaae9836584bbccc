import { groupBy } from "../core/group-by.ts";
import type { RouteFact } from "../dataplane/node-facts.ts";
import { familyOf, isAddress, isCidr, networkOf, prefixLength } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import type { Family } from "../topology/topology.ts";

/** Finds the route that the kernel takes to an address: the longest prefix, and of several to one destination the lowest metric. */
export type RouteLookup = (address: string, longerThan?: number) => RouteFact | undefined;

/** Makes the look-up of one table and family; routes that no address can match (words) are left out. */
export function longestMatch(routes: readonly RouteFact[], family: Family): RouteLookup {
  const own = routes.filter((route) => route.family === family);
  const byDestination = groupBy(own, ({ destination }) => destinationOf(destination));
  const [defaults] = [byDestination.get(destinationOf("default")) ?? []];
  const lengths = [...new Set(own.flatMap(({ destination }) => lengthOf(destination) ?? []))].sort((a, b) => b - a);
  return (address, longerThan = -1) => {
    if (familyOf(address) !== family) return undefined;
    for (const length of lengths) {
      if (length <= longerThan) break;
      const match = byDestination.get(destinationOf(networkOf(`${address}/${length}`)));
      if (match !== undefined) return lowestMetric(match);
    }
    return longerThan < 0 ? lowestMetric(defaults) : undefined;
  };
}

function lengthOf(destination: string): number | undefined {
  return isAddress(destination) || isCidr(destination) ? prefixLength(destination) : undefined;
}

function lowestMetric(routes: readonly RouteFact[]): RouteFact | undefined {
  return routes.reduce<RouteFact | undefined>(
    (best, route) => (best === undefined || (route.metric ?? 0) < (best.metric ?? 0) ? route : best),
    undefined,
  );
}
