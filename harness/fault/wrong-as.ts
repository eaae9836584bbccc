import { Scope } from "../core/scope.ts";
import { birdFolder } from "../dataplane/fabric/bgp-fabric.ts";
import { routerSessions } from "../dataplane/fabric/bird-config.ts";
import { hasOwnAs } from "../topology/autonomous-system.ts";
import { faultFamily } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { editSession, type Peering } from "./peering-router.ts";
import type { Network } from "../dataplane/dataplane.ts";

/** A private AS (RFC 6996) that nobody in a lab is in. */
const nobodysAs = 65_099;

/** A router expects its neighbor in another autonomous system than it is in: both refuse the session (RFC 4271 6.2, bad peer AS). */
export const wrongAs = defineFault({
  name: "wrong-as",
  title: "one router expects its neighbor in a wrong autonomous system: their session never comes up",
  describes: "#4059, #4479 (BGP not established)",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  fabric: "bgp",
  topology: "as-per-rack",
  unmet: ({ topology }) => (hasOwnAs(topology) ? undefined : "no rack has an AS of its own: see as-per-rack"),
  cause: "bgp-sessions",
  apply: async (network, _plan, scope = new Scope()) => {
    const { peering, as } = neighborSession(network);
    scope.defer(`give ${peering.session} its AS again`, async () => {
      await expecting(peering, nobodysAs, as);
    });
    return { did: [await expecting(peering, as, nobodysAs)] };
  },
  follows: ["reached", "conservation", "flows", "sizes", "path-mtu"],
  trips: [{ check: "bgp", status: "fail", path: "*/bgp/*", category: "control plane" }],
});

/** The first router's session with another router. */
function neighborSession(network: Network): { readonly peering: Peering; readonly as: number } {
  const { plan, routers } = network.lab;
  const found = plan.routers.flatMap((planned) => {
    const router = routers.find(({ name }) => name === planned.name);
    const session = routerSessions(plan, planned).find(
      ({ peer, family }) => family === faultFamily(network) && plan.routers.some(({ name }) => name === peer),
    );
    if (router === undefined || session === undefined) return [];
    const folder = birdFolder(network.lab, router.name);
    return [{ peering: { router, folder, session: session.name }, as: session.neighborAs }];
  });
  const [first] = found;
  if (first === undefined) throw new RangeError(`no two routers of ${plan.topology.name} speak BGP with each other`);
  return first;
}

function expecting(peering: Peering, from: number, to: number): Promise<string> {
  return editSession(peering, `{ /neighbor/ s/ as ${from};/ as ${to};/ }`);
}
