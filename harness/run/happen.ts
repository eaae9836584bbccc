import type { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import { lastNode, planAfter, type SwitchEvent } from "../switch/switch-event.ts";
import type { Lab } from "../lab/lab.ts";
import type { Plan } from "../topology/plan.ts";
import type { Topology } from "../topology/topology.ts";
import { restartNodes, nothingToRestart } from "./restart-nodes.ts";

/** Something that is done to a network while traffic goes on. */
export interface Happening {
  /** The mode that it is in afterwards. */
  readonly to: Mode;
  /** In place of a change to another mode. */
  readonly event?: SwitchEvent;
  /** The lab with the node that joins. */
  readonly whole?: Lab;
}

/** Does it; returns the network as it is then. */
export async function happen(
  dataplane: Dataplane,
  network: Network,
  { to, event, whole }: Happening,
  scope: Scope,
): Promise<Network> {
  if (event === undefined) return (await dataplane.switchMode(network, to, scope)).network;
  if (event === "join") {
    if (dataplane.join === undefined || whole === undefined) throw unable(dataplane, event);
    return dataplane.join(network, whole, scope);
  }
  if (event === "reboot") {
    if (dataplane.reboot === undefined) throw unable(dataplane, event);
    return dataplane.reboot(network, lastNode(network.lab.plan));
  }
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
export function planThen({ lab }: Network, { event, whole }: Happening): Plan {
  return whole?.plan ?? (event === undefined ? undefined : planAfter(lab.plan, event)) ?? lab.plan;
}

/** LabError where a lab or its dataplane can do nothing of the kind: asked before anything is installed. */
export function requireAble(dataplane: Dataplane, event: SwitchEvent, lab: Lab, isStanding: boolean): void {
  const declares = planAfter(lab.plan, event) !== undefined;
  if (declares && dataplane.adapt === undefined) throw unable(dataplane, event);
  if (event === "upgrade" && dataplane.upgrade === undefined) throw unable(dataplane, event);
  if (event === "join") requireRoom(dataplane, lab, isStanding);
  if (event === "reboot" && (dataplane.reboot === undefined || lab.nodes.some(({ power }) => power === undefined)))
    throw unable(dataplane, event);
  if (event === "restart" && dataplane.restart === undefined) throw nothingToRestart(dataplane);
}

function requireRoom(dataplane: Dataplane, { plan: { topology }, nodes }: Lab, isStanding: boolean): void {
  if (dataplane.join === undefined) throw unable(dataplane, "join");
  if (isStanding)
    throw new LabError("--event join cannot happen here: all nodes of a lab that is up have joined already", {
      fix: "let a run build a lab for it: npm run suite -- --event join --mode MODE",
    });
  const because = roomless(topology, nodes);
  if (because === undefined) return;
  throw new LabError(`--event join cannot happen in ${topology.name}: ${because}`, {
    fix: "take another topology: --topology two-racks",
  });
}

/** Why the last node cannot be the one that joins the others; undefined where it can. */
function roomless({ fabric, reflectors = [] }: Topology, nodes: Lab["nodes"]): string | undefined {
  const last = nodes.at(-1)?.name ?? "";
  if (fabric === "bgp") return "its routers are told all neighbors before the first node starts";
  if (reflectors.includes(last)) return `${last} is a route reflector of the others`;
  return nodes.length < 3 ? "fewer than two nodes would be there before" : undefined;
}

function unable({ title }: Dataplane, event: SwitchEvent): LabError {
  const fix =
    event === "upgrade"
      ? "take a lab with two releases of real Calico in namespaces: --calico 'a1=OLD,*=NEW'"
      : "take a lab in namespaces or machines, with real Calico or the reference dataplane";
  return new LabError(`--event ${event} cannot happen here: ${title} lets nobody ask for it on this lab`, { fix });
}
