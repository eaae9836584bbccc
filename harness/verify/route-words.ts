import type { RouteFact } from "../dataplane/dataplane.ts";
import type { ExpectedRoute } from "../encap/control-plane.ts";

/** A route that is there, as ip(8) prints it. */
export function routeInWords(route: RouteFact): string {
  const { type, destination, via, device, protocol, onlink, mtu } = route;
  return join([
    type === "unicast" ? undefined : type,
    destination,
    via && `via ${via}`,
    device && `dev ${device}`,
    `proto ${protocol}`,
    onlink && "onlink",
    mtu && `mtu ${mtu}`,
  ]);
}

/** A route that must be there, in the same words; alternatives with a bar between. */
export function expectedRouteInWords(route: ExpectedRoute): string {
  const { type, destination, via, device, protocols, onlink, mtu } = route;
  return join([
    type === "unicast" ? undefined : type,
    destination,
    via && `via ${via}`,
    device && `dev ${device}`,
    `proto ${protocols.join("|")}`,
    onlink && "onlink",
    mtu && `mtu ${mtu}`,
  ]);
}

function join(words: readonly (string | false | 0 | undefined)[]): string {
  return words.filter((word) => typeof word === "string" && word !== "").join(" ");
}
