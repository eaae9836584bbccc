import { LabError } from "../core/errors.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { birdFolder } from "../dataplane/fabric/bgp-fabric.ts";
import { routerSessions } from "../dataplane/fabric/bird-config.ts";
import { shellQuote } from "../exec/quote.ts";
import { runScript } from "../exec/script.ts";
import type { LabNode } from "../lab/lab.ts";
import { culprit, faultFamily, routersOf } from "./cast.ts";

/** A router's BGP session with the culprit. */
export interface Peering {
  readonly router: LabNode;
  /** Folder of the router's BIRD. */
  readonly folder: string;
  /** Name of the session in that BIRD. */
  readonly session: string;
}

/** The first router that peers with the culprit. */
export function peeringRouter(network: Network): Peering {
  const { plan } = network.lab;
  const { name } = culprit(network);
  const [router] = plan.topology.fabric === "bgp" ? routersOf(network) : [];
  const planned = plan.routers.find((candidate) => candidate.name === router?.name);
  const sessions = planned === undefined ? [] : routerSessions(plan, planned);
  const session = sessions.find(({ peer, family }) => peer === name && family === faultFamily(network));
  if (router === undefined || session === undefined) {
    throw new LabError(`the topology ${plan.topology.name} has no router that speaks BGP with ${name}`, {
      fix: "use a topology with fabric: bgp, for example bgp-fabric",
    });
  }
  return { router, folder: birdFolder(network.lab, router.name), session: session.name };
}

/** Gives a command to the router's BIRD; returns it as something to paste, and what BIRD says. */
export async function askBird(
  { router, folder }: Peering,
  ...words: readonly string[]
): Promise<{ readonly did: string; readonly said: string }> {
  const argv = ["birdc", "-s", `${folder}/bird.ctl`, ...words];
  const { stdout } = await router.executor.run(argv);
  return { did: `${router.name}: ${shellQuote(argv)}`, said: stdout };
}

/** Gives a command to the router's BIRD; returns it as something to paste. */
export async function birdc(peering: Peering, ...words: readonly string[]): Promise<string> {
  return (await askBird(peering, ...words)).did;
}

/** Changes a session's part of the configuration, a command of sed(1), and makes BIRD read it; returns both as something to paste. */
export async function editSession(peering: Peering, change: string): Promise<string> {
  const { router, session, folder } = peering;
  const argv = ["sed", "-i", `/^protocol bgp ${session} /,/^}/ ${change}`, `${folder}/bird.conf`];
  await runScript(router.executor, shellQuote(argv));
  await birdc(peering, "configure");
  return `${router.name}: ${shellQuote(argv)}; birdc configure`;
}
