import { shellQuote } from "../../exec/quote.ts";
import { contains, withoutPrefix } from "../../topology/address.ts";
import type { Plan, PlannedNode, Route } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";

/** Begins the line of a script's output that names what could not be done. */
export const failedWord = "failed";

/** File in a node with its default route from before it got a rack leg. */
const defaultFile = (family: Family): string => `/run/encaplab-default-${family}`;

/** The sh script that notes a node's default routes before it gets a rack leg: by them it reaches its API server. */
export function noteDefaultScript({ families }: Plan): string {
  return families.map((family) => `ip -${family} route show default | head -n 1 >${defaultFile(family)}\n`).join("");
}

/**
 * The sh script that sets up a node's rack leg: finds it by its address (Docker numbers interfaces as it likes), sets its MTU, puts the
 * routes to all other racks on it, and keeps the default route on the management leg. Prints `ip -j addr`.
 */
export function legScript(plan: Plan, node: PlannedNode): string {
  const { addresses, segment, mtu } = node.uplink;
  const family = addresses[4] === undefined ? 6 : 4;
  const address = withoutPrefix(addresses[family] ?? "");
  return `step() { what=$1; shift; "$@" || { echo "${failedWord} $what"; exit 1; }; }
leg=$(ip -o -${family} addr show to ${address} | while read -r _ name _; do echo "$name"; done)
[ -n "$leg" ] || { echo "${failedWord} Docker made no interface with ${address} for ${segment}"; exit 1; }
step 'the MTU' ip link set "$leg" mtu ${mtu}
${plan.families.map((each) => keepDefault(each)).join("\n")}
${plan.families.flatMap((each) => rackRoutes(plan, node, each).map(routeStep)).join("\n")}
ip -j addr
`;
}

/** A default route that Docker has moved to the rack leg gives way to the one from before. */
function keepDefault(family: Family): string {
  return `case " $(ip -${family} route show default) " in
*" dev $leg "*)
  back=$(cat ${defaultFile(family)})
  [ -n "$back" ] || { echo "${failedWord} Docker put an IPv${family} default route on the rack leg $leg, and there was none before"; exit 1; }
  step 'the default route on the management leg' ip -${family} route replace $back;;
esac`;
}

/**
 * Routes of a node into the lab: those of the plan, with its default route cut down to the networks of the other racks. The
 * real default route is kind's.
 */
function rackRoutes({ topology }: Plan, { uplink, routes }: PlannedNode, family: Family): readonly Route[] {
  const own = routes.filter((route) => route.family === family);
  const gateway = own.find(({ destination }) => destination === "default");
  const special = own.filter((route) => route !== gateway);
  if (gateway === undefined) return special;
  const others = topology.subnets
    .filter(({ name }) => name !== uplink.segment)
    .flatMap(({ cidrs }) => cidrs[family] ?? [])
    .filter((cidr) => !special.some(({ destination }) => destination === cidr))
    .filter((cidr) => !contains(uplink.addresses[family] ?? cidr, cidr));
  return [...others.map((destination) => ({ ...gateway, destination })), ...special];
}

function routeStep({ family, destination, via }: Route): string {
  const route = shellQuote(["ip", `-${family}`, "route", "replace", destination, "via", via]);
  return `step 'the route to ${destination}' ${route} dev "$leg"`;
}
