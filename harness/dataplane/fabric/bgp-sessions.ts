import type { Lab } from "../../provider/provider.ts";
import type { BgpSessionFact } from "../dataplane.ts";
import { birdFolder } from "./bgp-fabric.ts";
import { routerSessions } from "./bird-config.ts";

/** The state of every BGP session that a lab's routers should have; [] where the fabric speaks no BGP. */
export async function readFabricSessions(lab: Lab): Promise<readonly BgpSessionFact[]> {
  if (lab.plan.topology.fabric !== "bgp") return [];
  const all = await Promise.all(
    lab.routers.map(async ({ name: at, executor }) => {
      const planned = lab.plan.routers.find(({ name }) => name === at);
      const socket = `${birdFolder(lab, at)}/bird.ctl`;
      const { stdout } = await executor.tryRun(["birdc", "-s", socket, "show", "protocols"]);
      const states = parseProtocols(stdout);
      const sessions = planned === undefined ? [] : routerSessions(lab.plan, planned);
      return sessions.map(({ name, peer, family }) => ({ at, peer, family, state: states.get(name) ?? "unknown" }));
    }),
  );
  return all.flat();
}

/**
 * States of BGP protocols by name, from `show protocols` of BIRD 1.6 or 2: `a1_4 BGP --- up 12:00:00.000 Established`. What
 * is up or starting has its state in the last column, what is down has none.
 */
export function parseProtocols(text: string): ReadonlyMap<string, string> {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(
    rows.flatMap(([name, kind, , status, , info]) =>
      name === undefined || kind !== "BGP" ? [] : [[name, info ?? status ?? "unknown"] as const],
    ),
  );
}
