import type { Plan } from "../topology/plan.ts";
import { planTopology } from "../topology/make-plan.ts";

/** What can happen to a lab under traffic beside a change of mode, and what it is in words. */
export const switchEvents = {
  restart: "real Calico is restarted, node by node",
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
    case "upgrade":
      return "Calico upgraded node by node";
    case "restart":
      return "Calico restarted node by node";
  }
}

/** The plan after an event that declares something else; undefined for events that happen to nodes. Pure. */
export function planAfter(plan: Plan, event: SwitchEvent): Plan | undefined {
  switch (event) {
    case "route-owner": {
      // Undeclared it is BIRD's: Calico's default up to v3.32.
      const routeOwner = plan.topology.routeOwner === "felix" ? "bird" : "felix";
      return planTopology({ ...plan.topology, routeOwner }, plan.families);
    }
    case "restart":
    case "upgrade":
      return undefined;
  }
}
