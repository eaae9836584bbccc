import { expectControlPlane, type ExpectedNodeState, type ExpectedTunnel } from "../encap/control-plane.ts";
import type { Identities, NodeIdentity } from "../encap/identity.ts";
import { modes, type Mode } from "../encap/mode.ts";
import { tunnelModes } from "../encap/tunnel.ts";
import { isIn, type ClusterPool } from "../kubernetes/ip-pools.ts";
import { familyOf, withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { Plan } from "../topology/plan.ts";
import { poolOf, type DescribedCluster } from "./described-cluster.ts";
import { hostMtuOf } from "./plan-of.ts";

/** The mode of a pool of its own. */
function modeOfPool(pool: ClusterPool): Mode | undefined {
  return modes.find((mode) => isIn(pool, mode));
}

/** The modes that a cluster's pools are in: those that pods may take addresses from, and those that still have blocks. */
export function modesOf({ pools, blocks }: DescribedCluster): readonly Mode[] {
  const used = pools.filter((pool) => !pool.disabled || blocks.some(({ cidr }) => poolOf(pools, cidr) === pool));
  const own = new Set(used.map(modeOfPool));
  return modes.filter((mode) => own.has(mode));
}

/** Who has which blocks of the pools in one mode. The prefixes are those of the nodes' own uplinks, never what is registered. */
export function identitiesOf(cluster: DescribedCluster, plan: Plan, mode: Mode): Identities {
  const { nodes, pools, blocks } = cluster;
  const isInMode = ({ cidr }: (typeof blocks)[number]): boolean => {
    const pool = poolOf(pools, cidr);
    return pool !== undefined && modeOfPool(pool) === mode;
  };
  const blocksOf = (name: string, inMode: boolean): NodeIdentity["blocks"] =>
    perFamily(plan.families, (family) =>
      blocks
        .filter((block) => block.node === name && familyOf(block.cidr) === family && isInMode(block) === inMode)
        .map(({ cidr }) => cidr),
    );
  return {
    nodes: plan.nodes.map(({ name, uplink, otherAddresses = [] }) => {
      const tunnels = nodes.find((node) => node.name === name)?.tunnels;
      return {
        name,
        addresses: perFamily(plan.families, (family) => bare(uplink.addresses[family])),
        registered: uplink.addresses,
        uplink: uplink.device,
        blocks: blocksOf(name, true),
        otherBlocks: blocksOf(name, false),
        tunnelAddresses: Object.fromEntries(
          plan.families.flatMap((family) =>
            tunnelModes(plan, mode, family).flatMap(([device, { encapsulation }]) => {
              const address = encapsulation === "none" ? undefined : bare(tunnels?.[encapsulation][family]);
              return address === undefined ? [] : [[device, address]];
            }),
          ),
        ),
        otherAddresses: perFamily(plan.families, (family) =>
          otherAddresses.filter((address) => familyOf(address) === family).map(withoutPrefix),
        ),
      };
    }),
    pods: [],
    services: [],
    strangers: true,
  };
}

function bare(address: string | undefined): string | undefined {
  return address === undefined ? undefined : withoutPrefix(address);
}

/**
 * What the kernel of every node must hold that the bundle has files of: each block as its own pool says, devices as all pools together
 * need them, each node by its own MTU.
 */
export function expectNodes(cluster: DescribedCluster, plan: Plan): readonly ExpectedNodeState[] {
  const perMode = modesOf(cluster).map((mode) => ({ mode, identities: identitiesOf(cluster, plan, mode) }));
  const mtuOf = new Map(cluster.facts.map((facts) => [facts.node, hostMtuOf(facts)]));
  return [...new Set(mtuOf.values())].flatMap((mtu) => {
    const own = mtu === undefined ? plan : withMtu(plan, mtu);
    const states = perMode.flatMap(({ mode, identities }) => expectControlPlane(own, mode, identities));
    return cluster.facts.flatMap(({ node }) => {
      if (mtuOf.get(node) !== mtu) return [];
      const merged = mergeStates(states.filter((state) => state.node === node));
      return merged === undefined ? [] : [asFelixIsSet(mtu === undefined ? ofAnyMtu(merged) : merged, cluster)];
    });
  });
}

function withMtu(plan: Plan, mtu: number): Plan {
  return { ...plan, nodes: plan.nodes.map((node) => ({ ...node, uplink: { ...node.uplink, mtu } })) };
}

/** Nothing tells what MTU the node's own devices have. */
function ofAnyMtu(state: ExpectedNodeState): ExpectedNodeState {
  const withoutMtu = (route: ExpectedNodeState["routes"][number]): ExpectedNodeState["routes"][number] => {
    const known = { ...route };
    delete known.mtu;
    return known;
  };
  return { ...state, routes: state.routes.map(withoutMtu) };
}

/** One state of several that concern different pools: a device is idle only where no pool needs it. */
function mergeStates(states: readonly ExpectedNodeState[]): ExpectedNodeState | undefined {
  const [first] = states;
  if (first === undefined) return undefined;
  const all = <T>(of: (state: ExpectedNodeState) => readonly T[]): readonly T[] => [
    ...new Map(states.flatMap(of).map((item) => [JSON.stringify(item), item])).values(),
  ];
  return {
    ...first,
    routes: all(({ routes }) => routes),
    tunnels: all(({ tunnels }) => tunnels),
    idleDevices: first.idleDevices.filter((device) => states.every(({ idleDevices }) => idleDevices.includes(device))),
    fdb: all(({ fdb }) => fdb),
    neighbors: all(({ neighbors }) => neighbors),
    shared: all(({ shared }) => shared),
  };
}

/**
 * FelixConfiguration's own words for VNI, port and MTU. eBPF has one device of another making, without FDB. Without the mesh of all
 * nodes a plain route by BGP is whatever the peers say.
 */
function asFelixIsSet(state: ExpectedNodeState, { felix, mesh }: DescribedCluster): ExpectedNodeState {
  const { vxlanVNI, vxlanPort, vxlanMTU, ipipMTU, bpfEnabled } = felix;
  const mtuOf = (device: string | undefined): number | undefined => (device === "tunl0" ? ipipMTU : vxlanMTU);
  const tunnels = state.tunnels.map((tunnel): ExpectedTunnel => {
    const mtu = mtuOf(tunnel.device) ?? tunnel.mtu;
    if (tunnel.vxlan === undefined) return { ...tunnel, mtu };
    const { vni, port } = tunnel.vxlan;
    return { ...tunnel, mtu, vxlan: { ...tunnel.vxlan, vni: vxlanVNI ?? vni, port: vxlanPort ?? port } };
  });
  const routes = state.routes.map((route) => {
    const mtu = route.mtu === undefined ? undefined : (mtuOf(route.device) ?? route.mtu);
    return mtu === undefined ? route : { ...route, mtu };
  });
  const judged = mesh
    ? routes
    : routes.filter(({ peer, protocols }) => peer === undefined || !protocols.includes("bird"));
  return {
    ...state,
    routes: judged,
    ...(bpfEnabled === true ? { tunnels: [], idleDevices: [], fdb: [] } : { tunnels }),
  };
}
