import type { RouteFact } from "../dataplane/node-facts.ts";
import type { ExpectedRoute } from "../encap/control-plane.ts";

/** A route that is there, as ip(8) prints it. */
export function routeInWords(route: RouteFact): string {
  const { type, destination, protocol, onlink, mtu, metric, more = [], hops = [] } = route;
  return join([
    type === "unicast" ? undefined : type,
    destination,
    wayInWords(route),
    ...hops.map((hop) => `nexthop ${wayInWords(hop)} weight ${hop.weight}`),
    `proto ${protocol}`,
    metric && `metric ${metric}`,
    onlink && "onlink",
    mtu && `mtu ${mtu}`,
    ...more,
  ]);
}

/** "via 198.18.1.1 dev eth0" */
function wayInWords({ via, device }: { readonly via?: string; readonly device?: string }): string {
  return join([via && `via ${via}`, device && `dev ${device}`]);
}

/** A route that must be there, in the same words; alternatives with a bar between. */
export function expectedRouteInWords(route: ExpectedRoute): string {
  const { type, destination, protocols, onlink, mtu } = route;
  return join([
    type === "unicast" ? undefined : type,
    destination,
    wayInWords(route),
    `proto ${protocols.join("|")}`,
    onlink && "onlink",
    mtu && `mtu ${mtu}`,
  ]);
}

function join(words: readonly (string | false | 0 | undefined)[]): string {
  return words.filter((word) => typeof word === "string" && word !== "").join(" ");
}
