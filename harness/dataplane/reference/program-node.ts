import type { Mode } from "../../encap/mode.ts";
import { encapsulationOf, podMtu, tunnelModes, tunnelMtu, vniOf, vtepMac } from "../../encap/tunnel.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { holdsPods } from "../../topology/pool-of.ts";
import type { Family } from "../../topology/topology.ts";
import { blackholeRoutes, blockRoute, borrowedRoutes } from "../program/block-route.ts";
import { balancedOf } from "../program/load-balancers.ts";
import { nodePortsOf } from "../program/node-ports.ts";
import type { NatProgram, NodeProgram, PodProgram, RouteProgram, TunnelProgram } from "../program/node-program.ts";
import { encryptionOf } from "../program/encryption.ts";
import { sharedServicesOf } from "../program/shared-services.ts";
import { peersOf, type Peer } from "../program/peer.ts";

/** What each node's kernel must hold in a mode; pure, from the plan alone. `prefixOf` gives each node's namespace prefix. */
export function programNodes(plan: Plan, mode: Mode, prefixOf: (node: string) => string): readonly NodeProgram[] {
  const peers = { 4: peersOf(plan, mode, 4), 6: peersOf(plan, mode, 6) };
  return plan.nodes.map((planned) => {
    const own = plan.families.flatMap((family) => {
      const self = peers[family].find((peer) => peer.node === planned.name);
      return self === undefined ? [] : { family, self, others: peers[family].filter((peer) => peer !== self) };
    });
    return {
      node: planned.name,
      uplink: planned.uplink.device,
      families: own.map(({ family }) => family),
      tunnels: own.flatMap(({ family, self, others }) => tunnelOf(plan, mode, family, self, others)),
      routes: own.flatMap(({ family, self, others }) => [
        ...blackholeRoutes(plan, mode, family, self),
        ...others.flatMap((other) => other.blocks.map((block) => blockRoute(plan, mode, family, self, other, block))),
        ...others.flatMap((other) => borrowedRoutes(plan, mode, family, self, other)),
        ...serviceRoute(plan, family, planned),
      ]),
      pods: podsOf(plan, mode, planned.name, prefixOf(planned.name)),
      nat: own.map(({ family, self }) => natOf(plan, mode, family, self)),
      encryption: own.flatMap(({ family, self, others }) => encryptionOf(plan, family, self, others)),
    };
  });
}

/**
 * A host dials ClusterIPs before DNAT gives them a real destination, so it needs a route that covers them (kube-proxy's
 * known condition). A node without router has no default route; this one stands in for it.
 */
function serviceRoute(plan: Plan, family: Family, node: PlannedNode): readonly RouteProgram[] {
  const destination = plan.topology.services[family];
  const covered = node.routes.some((route) => route.family === family && route.destination === "default");
  if (covered || destination === undefined) return [];
  const device = node.uplink.device;
  return [{ family, destination, type: "unicast", device, protocol: "boot", onlink: false }];
}

function tunnelOf(plan: Plan, mode: Mode, family: Family, self: Peer, others: readonly Peer[]): TunnelProgram[] {
  const underlay = self.device;
  return tunnelModes(plan, mode, family).flatMap(([device, own]): TunnelProgram[] => {
    const kind = encapsulationOf(own, family);
    const address = self.tunnels[device];
    if (kind === "none" || address === undefined) return [];
    const base = { kind, family, device, mtu: tunnelMtu(plan, own, family), address, local: self.address, underlay };
    if (kind === "ipip") return [{ ...base, vni: 0, mac: "", peers: [] }];
    const peers = others.flatMap(({ node, address: host, tunnels }) => {
      const tunnelAddress = tunnels[device];
      return tunnelAddress === undefined ? [] : [{ mac: vtepMac(node, family), host, tunnelAddress }];
    });
    return [{ ...base, vni: vniOf(plan), mac: vtepMac(self.node, family), peers }];
  });
}

function podsOf(plan: Plan, mode: Mode, node: string, prefix: string): readonly PodProgram[] {
  const mtu = podMtu(plan, mode);
  return plan.allocation.pods
    .filter((pod) => pod.node === node)
    .map(({ pod, hostDevice, addresses }) => ({ pod, namespace: `${prefix}${pod}`, hostDevice, addresses, mtu }));
}

function natOf(plan: Plan, mode: Mode, family: Family, self: Peer): NatProgram {
  const pools = plan.topology.pools.filter((pool) => pool.family === family && holdsPods(pool));
  const pods = plan.allocation.pods.map(({ pod: name, ...pod }) => ({ name, ...pod }));
  const addressOf = (name: string): string | undefined =>
    plan.allocation.pods.find((pod) => pod.pod === name)?.addresses[family] ?? hostAddressOf(plan, name, family);
  return {
    family,
    pools: pools.map(({ cidr }) => cidr),
    masqueraded: pools.filter(({ natOutgoing }) => natOutgoing !== false).map(({ cidr }) => cidr),
    services: plan.allocation.services.flatMap(({ backend: name, clusterIps, port, targetPort }) => {
      const backend = addressOf(name);
      const clusterIp = clusterIps[family];
      return backend === undefined || clusterIp === undefined ? [] : { clusterIp, port, backend, targetPort };
    }),
    ...sharedServicesOf(plan.allocation.shared, pods, family),
    ...nodePortsOf(plan.allocation.services, pods, self.node, family),
    ...balancedOf(plan.allocation.services, pods, self.node, family),
    localPods: plan.allocation.pods.flatMap((pod) => (pod.node === self.node ? (pod.addresses[family] ?? []) : [])),
    tunnels: [
      ...tunnelOf(plan, mode, family, self, []).map(({ kind, device, address }) => ({ kind, device, address })),
      ...encryptionOf(plan, family, self, []).map(({ device, address }) => ({
        kind: "wireguard" as const,
        device,
        address,
      })),
    ],
  };
}

function hostAddressOf({ nodes }: Plan, name: string, family: Family): string | undefined {
  const address = nodes.find((node) => node.name === name)?.uplink.addresses[family];
  return address && withoutPrefix(address);
}
