import { poll } from "../core/poll.ts";
import { Scope } from "../core/scope.ts";
import { defineFault } from "./fault.ts";
import { askBird, editSession, peeringRouter, type Peering } from "./peering-router.ts";

/** The session is Established, and nothing comes over it: its state alone would not tell. */
export const bgpFiltered = defineFault({
  name: "bgp-filtered",
  title: "the router takes no routes from one node, over a session that is up",
  describes: "#1325, #1584 (a filter of BIRD's holds routes back)",
  modes: ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: [],
  cause: "bgp-sessions",
  fabric: "bgp",
  apply: async (network, _plan, scope = new Scope()) => {
    const peering = peeringRouter(network);
    scope.defer(`take routes from ${peering.session} again`, async () => {
      await importing(peering, "none", "all");
    });
    const did = [await importing(peering, "all", "none")];
    await forgotten(peering);
    return { did };
  },
  // The route goes away while probes run: what they asked before passed.
  follows: ["reached", "conservation", "flows", "sizes", "path-mtu"],
  trips: [{ check: "bgp", status: "fail", path: "*/bgp/*", category: "control plane" }],
});

/** Changes what is taken from the session alone; BIRD then also forgets what it took before. */
function importing(peering: Peering, from: string, to: string): Promise<string> {
  return editSession(peering, `s/import ${from};/import ${to};/`);
}

/** BIRD answers before it has done what it was told: what is asked until then would still find the routes. */
async function forgotten(peering: Peering): Promise<void> {
  const { router, session } = peering;
  await poll(
    async () => {
      const { said } = await askBird(peering, "show", "route", "protocol", session);
      const routes = said.split("\n").filter((line) => line.includes(`[${session} `));
      return routes.length === 0 ? { done: true, value: undefined } : { done: false, seen: `${routes.length} routes` };
    },
    { what: `BIRD to forget the routes of ${session}`, where: router.name, timeoutMs: 10_000 },
  );
}
