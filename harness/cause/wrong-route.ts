import type { Trouble } from "../verify/trouble.ts";
import { ofTroubles } from "./of-troubles.ts";
import { isPastTunnel } from "./tunnel-address-route.ts";
import { isTunnelDevice } from "./tunnel-words.ts";

/** Routes to blocks and nodes are missing, lead another way, or are somebody else's. */
export const wrongRoute = ofTroubles({
  name: "wrong-route",
  issues: ["#1325", "#1584", "felix#2494", "felix#2953", "#13470", "#6486", "#6867", "#6001", "#4462"],
  fix: "remove the route and let Calico make its own: restart calico-node there, and see who else writes routes",
  chosen: (trouble, node) =>
    ["wrong route", "missing route", "stray route", "wrong way"].includes(trouble.kind) && !isPastTunnel(trouble, node),
  sentence: (node, troubles) => {
    const [first] = troubles;
    const more = troubles.length > 1 ? `, and ${troubles.length - 1} more of its routes are wrong` : "";
    return `${node}: ${first === undefined ? "" : inWords(first)}${more}`;
  },
});

function inWords({ kind, route, expected, peer, text }: Trouble): string {
  if (kind !== "wrong route" || route === undefined || peer === undefined) return text;
  if (route.type !== "unicast")
    return `its route to ${peer} is a ${route.type}, where packets to ${peer}'s pods end (${text})`;
  if (route.hops !== undefined)
    return `its route to ${peer} shares packets between ${route.hops.length} next hops (${text})`;
  const [now, must] = [isTunnelDevice(route.device), isTunnelDevice(expected?.device)];
  if (now && !must) return `its route to ${peer} leads into the tunnel, though ${peer} is in its subnet (${text})`;
  if (!now && must)
    return `its route to ${peer} leaves plain by ${route.device ?? "no device"}, past the tunnel (${text})`;
  return text;
}
