import type { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import { planAfter, type SwitchEvent } from "../switch/switch-event.ts";
import type { Plan } from "../topology/plan.ts";
import { restartNodes, nothingToRestart } from "./restart-nodes.ts";

/** Something that is done to a network while traffic goes on. */
export interface Happening {
  /** The mode that it is in afterwards. */
  readonly to: Mode;
  /** In place of a change to another mode. */
  readonly event?: SwitchEvent;
}

/** Does it; returns the network as it is then. */
export async function happen(
  dataplane: Dataplane,
  network: Network,
  { to, event }: Happening,
  scope: Scope,
): Promise<Network> {
  if (event === undefined) return (await dataplane.switchMode(network, to, scope)).network;
  const plan = planAfter(network.lab.plan, event);
  if (plan === undefined) return restartNodes(dataplane, network);
  if (dataplane.adapt === undefined) throw notToDeclare(dataplane, event);
  return dataplane.adapt(network, plan);
}

/** The plan of the lab afterwards. */
export function planThen({ lab }: Network, { event }: Happening): Plan {
  return (event === undefined ? undefined : planAfter(lab.plan, event)) ?? lab.plan;
}

/** LabError where a dataplane can do nothing of the kind: asked before traffic is started. */
export function requireAble(dataplane: Dataplane, event: SwitchEvent, plan: Plan): void {
  if (planAfter(plan, event) === undefined) {
    if (dataplane.restart === undefined) throw nothingToRestart(dataplane);
  } else if (dataplane.adapt === undefined) throw notToDeclare(dataplane, event);
}

function notToDeclare({ title }: Dataplane, event: SwitchEvent): LabError {
  return new LabError(`--event ${event} cannot happen here: ${title} lets nobody declare it on this lab`, {
    fix: "take a lab in namespaces or machines, with real Calico or the reference dataplane",
  });
}
