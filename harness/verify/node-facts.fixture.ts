import type { NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import type { ExpectedNodeState } from "../encap/control-plane.ts";
import { vtepMac } from "../encap/tunnel.ts";
import type { PodIdentity } from "../encap/identity.ts";
import { familyOf, networkOf } from "../topology/address.ts";
import type { PlannedRouter } from "../topology/plan.ts";

/** Routes that every node has whatever the mode: its own segment, and the default where it has neighbors beyond. */
function underlayRoutes({ underlay }: ExpectedNodeState): readonly RouteFact[] {
  const device = underlay?.uplink ?? "";
  return (underlay?.addresses ?? []).flatMap(({ family, address }): readonly RouteFact[] => {
    const via = underlay?.ways.find((way) => way.family === family && way.via !== undefined)?.via;
    const base = { family, device, type: "unicast", onlink: false } as const;
    return [
      { ...base, destination: networkOf(address), protocol: "kernel" },
      ...(via === undefined ? [] : [{ ...base, destination: "default", via, protocol: "boot" }]),
    ];
  });
}

/** For tests only: kernel state that agrees with what is expected, spelled as ip(8) does. */
export function agreeing(state: ExpectedNodeState): NodeFacts {
  const uplink = { kind: "veth", mtu: 1500, up: true, mac: vtepMac(state.node, 4).replace("66", "02") };
  return {
    node: state.node,
    routes: [
      ...underlayRoutes(state),
      ...state.routes.map(({ family, destination, type, via, device, protocols, onlink = false, mtu }) => ({
        family,
        destination: destination.replace(/\/32$/, ""),
        type,
        protocol: protocols[0] ?? "",
        onlink,
        ...(via === undefined ? {} : { via }),
        ...(device === undefined ? {} : { device }),
        ...(mtu === undefined ? {} : { mtu }),
      })),
    ],
    links: [
      {
        ...uplink,
        device: state.underlay?.uplink ?? "",
        addresses: (state.underlay?.addresses ?? []).map(({ address }) => address),
      },
      ...state.tunnels.map(({ device, kind, mtu, address, vxlan }) => ({
        device,
        kind,
        mtu,
        up: true,
        mac: vxlan?.mac ?? "0.0.0.0",
        addresses: [address, "fe80::1/64"],
        ...(vxlan === undefined
          ? {}
          : { vxlan: { vni: vxlan.vni, port: vxlan.port, local: vxlan.local, learning: false } }),
      })),
    ],
    fdb: state.fdb,
    neighbors: state.neighbors.map((entry) => ({ ...entry, state: "PERMANENT" })),
    ...encrypting(state),
  };
}

/** Rule, table and peers by which packets get into WireGuard; nothing where nothing is encrypted. */
function encrypting({ encrypted }: ExpectedNodeState): Partial<NodeFacts> {
  if (encrypted === undefined) return {};
  const base = { type: "unicast", protocol: "80", onlink: false, table: "1" } as const;
  return {
    rules: encrypted.flatMap(({ family }) => [
      { family, priority: 99, from: "all", fwmark: "0x100000/0x100000", not: true, others: [], table: "1" },
      { family, priority: 32766, from: "all", not: false, others: [], table: "main" },
    ]),
    otherTables: encrypted.flatMap(({ family, device, peers }) =>
      peers.flatMap(({ destinations }) =>
        destinations.map((destination) => ({ ...base, family, destination, device })),
      ),
    ),
    wireguard: encrypted.map(({ device, port, peers }) => ({
      device,
      port,
      fwmark: "0x100000",
      peers: peers.map(({ endpoint, destinations }) => ({ endpoint, allowed: destinations, hasShakenHands: true })),
    })),
  };
}

/** For tests only: a router's kernel as the plan makes it. */
export function agreeingRouter({ name, ports, routes }: PlannedRouter): NodeFacts {
  const base = { type: "unicast", protocol: "kernel", onlink: false } as const;
  return {
    node: name,
    routes: [
      ...ports.flatMap(({ device, addresses }) =>
        Object.values(addresses).map((cidr) => ({
          ...base,
          family: familyOf(cidr),
          destination: networkOf(cidr),
          device,
        })),
      ),
      ...routes.map(({ family, destination, via, device, also }) => ({
        ...{ ...base, protocol: "boot", family, destination },
        ...(also === undefined
          ? { via, device }
          : { hops: [{ via, device }, ...also].map((hop) => ({ ...hop, weight: 1 })) }),
      })),
    ],
    links: ports.map(({ device, mac, mtu, addresses }) => ({
      device,
      kind: "veth",
      mtu,
      up: true,
      mac,
      addresses: Object.values(addresses),
    })),
    fdb: [],
    neighbors: [],
  };
}

/** For tests only: a pod's own network as Calico's CNI plugin makes it. */
export function agreeingPod({ name, addresses }: PodIdentity): NodeFacts {
  const own = Object.values(addresses);
  const link = { device: "eth0", kind: "veth", mtu: 1450, up: true, mac: "0a:00:00:00:00:01" };
  return {
    node: name,
    routes: own.map((address) => ({
      family: familyOf(address),
      destination: "default",
      via: "169.254.1.1",
      device: "eth0",
      type: "unicast",
      protocol: "boot",
      onlink: false,
    })),
    links: [{ ...link, addresses: own.map((address) => `${address}/${address.includes(":") ? "128" : "32"}`) }],
    fdb: [],
    neighbors: [],
  };
}
