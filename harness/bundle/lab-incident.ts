import { isTunnelDevice } from "../cause/tunnel-words.ts";
import type { ExpectedNodeState } from "../encap/control-plane.ts";
import { contains, isCidr } from "../topology/address.ts";
import type { WrongRoute } from "../topology/topology.ts";
import type { Trouble } from "../verify/trouble.ts";
import type { BundleJudgment } from "./judge-bundle.ts";
import type { LabRack } from "./lab-racks.ts";

/** What is wrong in a bundle, in the lab's names. */
export interface LabIncident {
  readonly routes: readonly WrongRoute[];
  /** Differences that a topology cannot hold, in words without addresses. */
  readonly left: readonly string[];
}

/**
 * Routes that are missing or lead the other way become the lab's, also where a registered prefix is still to make them so; whatever else
 * differs is counted.
 */
export function incidentOf({ nodes, modes }: BundleJudgment, racks: readonly LabRack[]): LabIncident {
  const bySubnet = modes.some(({ policy }) => policy === "CrossSubnet");
  const names = new Map(racks.flatMap((rack) => rack.nodes.map(({ name, node }) => [node.name, name] as const)));
  const routes: WrongRoute[] = [];
  const taken: WrongRoute[] = [];
  const left: string[] = [];
  for (const { expected, troubles } of nodes) {
    const node = names.get(expected.node) ?? "";
    const others = new Map<string, number>();
    for (const trouble of troubles) {
      const to = names.get(trouble.peer ?? "");
      const route = wrongRouteOf(trouble);
      const strangers = bySubnet ? takenForRemote(trouble, expected) : [];
      if (to !== undefined && route !== undefined) routes.push({ node, to, route });
      else if (strangers.length > 0)
        taken.push(...strangers.map((peer) => ({ node, to: names.get(peer) ?? "", route: "tunnel" as const })));
      else others.set(trouble.kind, (others.get(trouble.kind) ?? 0) + 1);
    }
    for (const [kind, count] of others) left.push(`${node}: ${kind}${count === 1 ? "" : `, ${count} times`}`);
  }
  // What the routes are tells more than what the registration will make of them.
  const known = new Set(routes.map(({ node, to }) => `${node} ${to}`));
  const all = [...routes, ...taken.filter(({ node, to }) => to !== "" && !known.has(`${node} ${to}`))];
  const distinct = new Map(all.map((route) => [`${route.node} ${route.to}`, route]));
  return { routes: [...distinct.values()], left };
}

function wrongRouteOf({ kind, expected, route }: Trouble): WrongRoute["route"] | undefined {
  if (kind === "missing route" && expected?.peer !== undefined) return "missing";
  if (kind !== "wrong route" || expected?.peer === undefined) return undefined;
  const [now, must] = [isTunnelDevice(route?.device), isTunnelDevice(expected.device)];
  if (now === must) return undefined;
  return now ? "tunnel" : "plain";
}

/** Nodes of the own subnet that the registered prefix leaves out: their pods are sent to through the tunnel. */
function takenForRemote({ kind, what }: Trouble, { routes }: ExpectedNodeState): readonly string[] {
  if (kind !== "registration" || what === undefined || !isCidr(what)) return [];
  return routes.flatMap(({ peer, device, via }) =>
    peer !== undefined && via !== undefined && !isTunnelDevice(device) && !contains(what, via) ? [peer] : [],
  );
}
