import { LabError } from "../core/errors.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { birdFolder } from "../dataplane/fabric/bgp-fabric.ts";
import { routerSessions } from "../dataplane/fabric/bird-config.ts";
import { shellQuote } from "../exec/quote.ts";
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

/** Gives a command to the router's BIRD; returns it as something to paste. */
export async function birdc({ router, folder }: Peering, ...words: readonly string[]): Promise<string> {
  const argv = ["birdc", "-s", `${folder}/bird.ctl`, ...words];
  await router.executor.run(argv);
  return `${router.name}: ${shellQuote(argv)}`;
}
