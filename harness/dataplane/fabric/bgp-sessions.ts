import type { Lab } from "../../provider/provider.ts";
import type { Family } from "../../topology/topology.ts";
import { birdFolder } from "./bgp-fabric.ts";
import { routerSessions } from "./bird-config.ts";

/** One BGP session of a router, as its BIRD tells. */
export interface BgpSession {
  readonly router: string;
  /** Node or router at the other end. */
  readonly peer: string;
  readonly family: Family;
  /** "Established", "Active", … (RFC 4271 8.2.2), or "unknown" where BIRD says nothing of it. */
  readonly state: string;
}

/** The state of every BGP session that a lab's routers should have; [] where the fabric speaks no BGP. */
export async function readBgpSessions(lab: Lab): Promise<readonly BgpSession[]> {
  if (lab.plan.topology.fabric !== "bgp") return [];
  const all = await Promise.all(
    lab.routers.map(async ({ name: router, executor }) => {
      const planned = lab.plan.routers.find(({ name }) => name === router);
      const socket = `${birdFolder(lab, router)}/bird.ctl`;
      const { stdout } = await executor.tryRun(["birdc", "-s", socket, "show", "protocols"]);
      const states = parseProtocols(stdout);
      const sessions = planned === undefined ? [] : routerSessions(lab.plan, planned);
      return sessions.map(({ name, peer, family }) => ({ router, peer, family, state: states.get(name) ?? "unknown" }));
    }),
  );
  return all.flat();
}

/** States of BGP protocols by name, from `birdc show protocols`: `a1_4 BGP --- up 12:00:00.000 Established`. */
export function parseProtocols(text: string): ReadonlyMap<string, string> {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(
    rows.flatMap(([name, kind, , status, , info]) =>
      name === undefined || kind !== "BGP" ? [] : [[name, info ?? status ?? "unknown"] as const],
    ),
  );
}
