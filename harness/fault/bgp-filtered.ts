import { poll } from "../core/poll.ts";
import { Scope } from "../core/scope.ts";
import { shellQuote } from "../exec/quote.ts";
import { runScript } from "../exec/script.ts";
import { defineFault } from "./fault.ts";
import { birdc, peeringRouter, type Peering } from "./peering-router.ts";

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

/** Changes what is taken from the session alone, and makes BIRD read it: it then also forgets what it took before. */
async function importing(peering: Peering, from: string, to: string): Promise<string> {
  const { router, session, folder } = peering;
  const edit = `/^protocol bgp ${session} /,/^}/ s/import ${from};/import ${to};/`;
  const argv = ["sed", "-i", edit, `${folder}/bird.conf`];
  await runScript(router.executor, shellQuote(argv));
  await birdc(peering, "configure");
  return `${router.name}: ${shellQuote(argv)}; birdc configure`;
}

/** BIRD answers before it has done what it was told: what is asked until then would still find the routes. */
async function forgotten({ router, session, folder }: Peering): Promise<void> {
  await poll(
    async () => {
      const { stdout } = await router.executor.run([
        ...["birdc", "-s", `${folder}/bird.ctl`],
        ...["show", "route", "protocol", session],
      ]);
      const routes = stdout.split("\n").filter((line) => line.includes(`[${session} `));
      return routes.length === 0 ? { done: true, value: undefined } : { done: false, seen: `${routes.length} routes` };
    },
    { what: `BIRD to forget the routes of ${session}`, where: router.name, timeoutMs: 10_000 },
  );
}
