import { onceFor } from "../core/once-for.ts";
import type { Plan } from "../topology/plan.ts";
import { hostsOf } from "../topology/hosts-of.ts";
import type { TapId } from "./expectation.ts";
import type { Identities } from "./identity.ts";

/** Every place where packets are captured: each node's and external host's uplink, further devices and pods' veths, and each router's ports. */
export function tapsOf(plan: Plan, identities: Identities): TapId[] {
  const pods = identities.pods.map(({ node, hostDevice }) => ({ node, device: hostDevice }));
  return [...underlayTaps(plan, identities), ...pods];
}

/** The taps between nodes: uplinks, further devices and router ports. Whatever shows there has left a node. */
export function underlayTaps(plan: Plan, identities: Identities): readonly TapId[] {
  return tapsOfPlan(plan)(identities);
}

/** Every path asks for them. */
const tapsOfPlan = onceFor((plan: Plan) =>
  onceFor((identities: Identities): readonly TapId[] => {
    const hosts = hostsOf(identities);
    const uplinks = hosts.map(({ name, uplink }) => ({ node: name, device: uplink }));
    const beside = plan.nodes.flatMap(({ name, others = [] }) => others.map(({ device }) => ({ node: name, device })));
    const seen = plan.routers.filter(({ unseen }) => unseen !== true);
    const ports = seen.flatMap((router) => router.ports.map(({ device }) => ({ node: router.name, device })));
    return [...uplinks, ...beside, ...ports];
  }),
);

/** Whether two references mean the same tap. */
export function isSameTap(a: TapId, b: TapId): boolean {
  return a.node === b.node && a.device === b.device;
}
