import type { Mode } from "../../encap/mode.ts";
import { modeToward } from "../../encap/pool-mode.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { letsPass } from "../../encap/underlay-way.ts";
import { contains } from "../../topology/address.ts";
import type { Family } from "../../topology/topology.ts";
import { blockRoute } from "../program/block-route.ts";
import { peersOf, type Peer } from "../program/peer.ts";

/** Two pods on different nodes between which packets must get through, both ways. */
export interface DeliveringPair {
  readonly family: Family;
  readonly from: string;
  readonly to: string;
  /** Address of `to`. */
  readonly address: string;
}

/** Labs up to this many nodes are converged over every pair; larger ones over pairs at distances 1, 2, 4, … in the plan. */
const allPairsUpTo = 8;

/** Pairs of pods, one per pair of nodes and family, that must reach each other in a mode: what convergence waits for. */
export function deliveringPairs(plan: Plan, mode: Mode): readonly DeliveringPair[] {
  return plan.families.flatMap((family) =>
    nodePairs(peersOf(plan, mode, family)).flatMap(([a, b]) => {
      const from = firstPod(plan, a.node);
      const to = firstPod(plan, b.node);
      const address = to?.addresses[family];
      const back = from?.addresses[family];
      if (from === undefined || to === undefined || address === undefined || back === undefined) return [];
      const works = delivers(plan, mode, family, a, b, address) && delivers(plan, mode, family, b, a, back);
      return works ? [{ family, from: from.pod, to: to.pod, address }] : [];
    }),
  );
}

function firstPod(plan: Plan, node: string): Plan["allocation"]["pods"][number] | undefined {
  return plan.allocation.pods.find((pod) => pod.node === node);
}

function nodePairs(peers: readonly Peer[]): readonly (readonly [Peer, Peer])[] {
  return peers.flatMap((a, i) =>
    peers.flatMap((b, j) => {
      const distance = j - i;
      const chosen = peers.length <= allPairsUpTo || Number.isInteger(Math.log2(distance));
      return distance > 0 && chosen ? [[a, b] as const] : [];
    }),
  );
}

/** Whether packets to a pod of `to` get there: their next hop must answer, and plain ones need a fabric that knows pods. */
function delivers(plan: Plan, mode: Mode, family: Family, from: Peer, to: Peer, address: string): boolean {
  const block = to.blocks.find((own) => contains(own, address)) ?? address;
  const route = blockRoute(plan, mode, family, from, to, block);
  const tunneled = route.device !== from.planned.uplink.device;
  const near = from.planned.uplink.segment === to.planned.uplink.segment;
  const form = tunneled ? modeToward(mode, to.pools, address).encapsulation : "none";
  if (!near && !plan.routers.every((router) => letsPass(router, form === "none" ? "plain" : form))) return false;
  if (tunneled) return near || answersFor(plan, from.planned, family, to.address);
  return near
    ? route.via === to.address
    : plan.topology.fabric !== "none" && answersFor(plan, from.planned, family, route.via ?? "", route.onlink);
}

/** Whether somebody on the node's segment answers ARP or ND for what the node must resolve to reach an address elsewhere. */
function answersFor(plan: Plan, node: PlannedNode, family: Family, address: string, onlink = false): boolean {
  const own = node.uplink.addresses[family];
  const here = plan.routers.filter((router) => router.ports.some((port) => port.segment === node.uplink.segment));
  const isRouter = here.some((router) =>
    router.ports.some((port) => port.addresses[family]?.startsWith(`${address}/`)),
  );
  const resolvedDirectly = onlink || (own !== undefined && contains(own, address));
  return isRouter || !resolvedDirectly || here.some((router) => router.proxyArp);
}
