import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { shellQuote } from "../exec/quote.ts";
import { defineFault } from "./fault.ts";
import { peeringRouter } from "./peering-router.ts";

/** The router's BIRD works on, and nobody can ask it: its control socket is gone. */
export const birdUnanswered = defineFault({
  name: "bird-unanswered",
  title: "the router's BIRD cannot be asked, though it works",
  describes: "the harness's own: a session that nobody can ask about is neither up nor down",
  modes: modes.map(({ id }) => id),
  needs: [],
  cause: "none",
  fabric: "bgp",
  apply: async (network, _plan, scope = new Scope()) => {
    const { router, folder } = peeringRouter(network);
    const socket = `${folder}/bird.ctl`;
    const move = (from: string, to: string): readonly string[] => ["mv", from, to];
    scope.defer(`give ${router.name} its control socket back`, async () => {
      await router.executor.run(move(`${socket}.away`, socket));
    });
    const command = move(socket, `${socket}.away`);
    await router.executor.run(command);
    return { did: [`${router.name}: ${shellQuote(command)}`] };
  },
  trips: [{ check: "bgp", status: "inconclusive", path: "*/bgp/*", category: "inconclusive" }],
});
