import { withoutPrefix } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { runScript } from "../exec/script.ts";
import { changeNode } from "./change-node.ts";

/** A port of the active router and that of its standby on the same segment, with what nodes there have as their gateway. */
interface SharedGateway {
  readonly segment: string;
  /** With prefix. */
  readonly holds: readonly string[];
  readonly active: { readonly name: string; readonly device: string; readonly mac: string };
  readonly standby: { readonly name: string; readonly device: string; readonly mac: string };
}

/** Why a fault of standby routers means nothing in a plan. */
export function withoutStandby(plan: Plan): string | undefined {
  return sharedGateways(plan).length > 0
    ? undefined
    : "no router stands by for another (standbyFor): see standby-router";
}

/** Every segment's gateway that one router holds and another stands by for. */
export function sharedGateways({ routers, topology }: Plan): readonly SharedGateway[] {
  return topology.routers.flatMap(({ name, standbyFor }) => {
    const [standby, active] = [name, standbyFor].map((wanted) => routers.find((router) => router.name === wanted));
    if (standby === undefined || active === undefined) return [];
    return active.ports.flatMap((port) => {
      const other = standby.ports.find(({ segment }) => segment === port.segment);
      if (other === undefined || port.holds === undefined) return [];
      const { segment, holds } = port;
      const end = (router: string, { device, mac }: typeof port) => ({ name: router, device, mac });
      return {
        segment,
        holds: Object.values(holds),
        active: end(active.name, port),
        standby: end(standby.name, other),
      };
    });
  });
}

/** Gives the gateways' addresses to the standby, whether the active router keeps them or not. */
export async function takeOver(network: Network, keeps: boolean, scope = new Scope()): Promise<readonly string[]> {
  const did = sharedGateways(network.lab.plan).flatMap(({ holds, active, standby }) =>
    holds.flatMap((cidr) => {
      const nodad = cidr.includes(":") ? " nodad" : "";
      const words = (verb: string, device: string): string =>
        `ip addr ${verb} ${cidr} dev ${device}${verb === "add" ? nodad : ""}`;
      return [
        { at: standby.name, change: words("add", standby.device), undo: words("del", standby.device) },
        ...(keeps ? [] : [{ at: active.name, change: words("del", active.device), undo: words("add", active.device) }]),
      ];
    }),
  );
  const done: string[] = [];
  for (const { at, change, undo } of did) {
    const router = network.lab.routers.find(({ name }) => name === at);
    if (router === undefined) continue;
    scope.defer(`undo on ${at}: ${change}`, async () => {
      await runScript(router.executor, undo);
    });
    await runScript(router.executor, change);
    done.push(`${at}: ${change}`);
  }
  return done;
}

/** What the standby's gratuitous ARP does on nodes: their entry for the gateway gets its MAC. `segments` says where it is heard. */
export function hearStandby(
  network: Network,
  segments: readonly string[],
  scope = new Scope(),
): Promise<readonly string[]> {
  const { plan, nodes } = network.lab;
  const heard = sharedGateways(plan).filter(({ segment }) => segments.includes(segment));
  return Promise.all(
    heard.flatMap(({ segment, holds, active, standby }) =>
      nodes
        .filter(({ name }) => plan.nodes.find((node) => node.name === name)?.uplink.segment === segment)
        .map((node) => {
          const device = plan.nodes.find(({ name }) => name === node.name)?.uplink.device ?? "";
          const entry = (mac: string): readonly string[] =>
            holds.map((cidr) => `ip neigh replace ${withoutPrefix(cidr)} lladdr ${mac} dev ${device} nud reachable`);
          return changeNode(node, entry(standby.mac), entry(active.mac), scope);
        }),
    ),
  );
}
