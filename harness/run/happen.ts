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
  if (plan !== undefined) {
    if (dataplane.adapt === undefined) throw unable(dataplane, event);
    return dataplane.adapt(network, plan);
  }
  if (event === "restart") return restartNodes(dataplane, network);
  if (dataplane.upgrade === undefined) throw unable(dataplane, event);
  return dataplane.upgrade(network);
}

/** The plan of the lab afterwards. */
export function planThen({ lab }: Network, { event }: Happening): Plan {
  return (event === undefined ? undefined : planAfter(lab.plan, event)) ?? lab.plan;
}

/** LabError where a dataplane can do nothing of the kind: asked before traffic is started. */
export function requireAble(dataplane: Dataplane, event: SwitchEvent, plan: Plan): void {
  const declares = planAfter(plan, event) !== undefined;
  if (declares && dataplane.adapt === undefined) throw unable(dataplane, event);
  if (event === "upgrade" && dataplane.upgrade === undefined) throw unable(dataplane, event);
  if (event === "restart" && dataplane.restart === undefined) throw nothingToRestart(dataplane);
}

function unable({ title }: Dataplane, event: SwitchEvent): LabError {
  const fix =
    event === "upgrade"
      ? "take a lab with two releases of real Calico in namespaces: --calico 'a1=OLD,*=NEW'"
      : "take a lab in namespaces or machines, with real Calico or the reference dataplane";
  return new LabError(`--event ${event} cannot happen here: ${title} lets nobody ask for it on this lab`, { fix });
}
