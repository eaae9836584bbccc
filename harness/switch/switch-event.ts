import { defaultVni, hostMtu, overheadOf, vniOf } from "../encap/tunnel.ts";
import type { Mode } from "../encap/mode.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";

/** What can happen to a lab under traffic beside a change of mode, and what it is in words. */
export const switchEvents = {
  restart: "real Calico is restarted, node by node",
  reboot: "the last node of the topology reboots",
  join: "the last node of the topology joins the others",
  mtu: "tunnels get another MTU (vxlanMTU and ipipMTU of FelixConfiguration)",
  vni: "VXLAN gets another network identifier (vxlanVNI of FelixConfiguration)",
  "route-owner": "Felix makes the routes to pods in the place of BIRD, or the other way round",
  upgrade: "nodes with an older release of Calico get that of the rest, node by node (--calico 'a1=OLD,*=NEW')",
} as const;
export type SwitchEvent = keyof typeof switchEvents;

/** The names of all events. */
export const switchEventNames = Object.keys(switchEvents) as readonly SwitchEvent[];

/** What an event does to a lab of this plan: "Felix makes the routes to pods, before that BIRD". */
export function eventInWords(plan: Plan, event: SwitchEvent): string {
  switch (event) {
    case "route-owner": {
      const words = ["Felix", "BIRD"];
      const [now, before] = plan.topology.routeOwner === "felix" ? words.toReversed() : words;
      return `${now} makes the routes to pods, before that ${before}`;
    }
    case "mtu":
      return `tunnels get MTU ${otherTunnelMtu(plan)}`;
    case "vni":
      return `VXLAN gets VNI ${otherVni(plan)}, before that ${vniOf(plan)}`;
    case "reboot":
      return `${lastNode(plan)} reboots`;
    case "join":
      return `${lastNode(plan)} joins`;
    case "upgrade":
      return "Calico upgraded node by node";
    case "restart":
      return "Calico restarted node by node";
  }
}

/** The plan after an event that declares something else; undefined for events that happen to nodes. Pure. */
export function planAfter(plan: Plan, event: SwitchEvent): Plan | undefined {
  const declaring = (change: Partial<Plan["topology"]>): Plan =>
    planTopology({ ...plan.topology, ...change }, plan.families);
  switch (event) {
    case "route-owner":
      // Undeclared it is BIRD's: Calico's default up to v3.32.
      return declaring({ routeOwner: plan.topology.routeOwner === "felix" ? "bird" : "felix" });
    case "mtu":
      return declaring({ tunnelMtu: otherTunnelMtu(plan) });
    case "vni":
      return declaring({ vni: otherVni(plan) });
    case "reboot":
    case "join":
    case "restart":
    case "upgrade":
      return undefined;
  }
}

/** The plan of the nodes that are there before one joins: without the last, whose place in the lab is kept free. Pure. */
export function planBeforeJoin({ topology, families }: Plan): Plan {
  return planTopology({ ...topology, nodes: topology.nodes.slice(0, -1) }, families);
}

/** The node that reboots or joins. */
export function lastNode({ topology: { nodes } }: Plan): string {
  const last = nodes.at(-1);
  if (last === undefined) throw new RangeError("a topology without nodes");
  return last.name;
}

/** Why an event would change nothing in a mode; undefined where it does. */
export function idleIn({ encapsulation, calicoName }: Mode, event: SwitchEvent): string | undefined {
  if (event === "mtu" && encapsulation === "none") return `--event mtu does nothing in ${calicoName}: it has no tunnel`;
  if (event === "vni" && (encapsulation === "none" || encapsulation === "ipip"))
    return `--event vni does nothing in ${calicoName}: it has no VXLAN`;
  return undefined;
}

/** Bytes by which the event changes the MTU of tunnels: what two more headers of VXLAN over IPv4 would take. */
const mtuStep = 100;

/** That step less than what VXLAN leaves of the wires' MTU; where it is so already, what VXLAN leaves. */
function otherTunnelMtu(plan: Plan): number {
  const full = hostMtu(plan) - overheadOf("vxlan", plan.families.includes(6) ? 6 : 4);
  return plan.topology.tunnelMtu === full - mtuStep ? full : full - mtuStep;
}

/** Calico's own, or the next one where it is that. */
function otherVni(plan: Plan): number {
  return vniOf(plan) === defaultVni ? defaultVni + 1 : defaultVni;
}
