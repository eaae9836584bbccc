import type { LinkFact, NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import { discoverTopology } from "../kubernetes/discover-topology.ts";
import { surveyedPlan } from "../kubernetes/surveyed-plan.ts";
import type { NodeSurvey, NodeWay } from "../kubernetes/survey-nodes.ts";
import { familyOf, withoutPrefix } from "../topology/address.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Plan } from "../topology/plan.ts";
import type { Topology } from "../topology/topology.ts";
import { longestMatch } from "../verify/longest-match.ts";
import type { DescribedCluster } from "./described-cluster.ts";

/** The plan of a cluster as its nodes' own devices and routes tell it; nodes without files stay as Calico has registered them. */
export function planOf({ name, nodes, pools, facts }: DescribedCluster): Plan {
  const topology = discoverTopology(name, nodes, pools);
  const bare = barePlan(topology);
  return surveyedPlan(
    bare,
    facts.flatMap((node) => surveyOf(bare, node) ?? []),
    "unseen",
  );
}

/** Pods, services and blocks are the cluster's own; nothing is given out. */
function barePlan(topology: Topology): Plan {
  return {
    topology,
    digest: "",
    families: topology.families,
    segments: topology.subnets.map(({ name, mtu }) => ({ name, bridge: "", mtu })),
    routers: [],
    nodes: topology.nodes.map(({ name, subnet, addresses }) => ({
      name,
      uplink: {
        device: "eth0",
        segment: subnet,
        bridgePort: "",
        mac: "",
        addresses,
        mtu: topology.subnets[0]?.mtu ?? 1500,
      },
      routes: [],
      pods: [],
    })),
    allocation: { nodes: [], pods: [], services: [] },
  };
}

/** Devices that are no way to other nodes: the same that a survey of a living cluster passes over. */
const notLegs = /^(lo|cali|tunl0|vxlan|wireguard|kube-ipvs|nodelocaldns|docker)/;

function surveyOf(plan: Plan, { node, routes, links }: NodeFacts): NodeSurvey | undefined {
  const lookups = { 4: longestMatch(routes, 4), 6: longestMatch(routes, 6) };
  const own = plan.nodes.find(({ name }) => name === node);
  const ways = plan.nodes
    .filter(({ name }) => name !== node)
    .flatMap((other) =>
      Object.values(other.uplink.addresses).flatMap((cidr) => wayTo(other.name, cidr, lookups[familyOf(cidr)]) ?? []),
    );
  const registered = Object.values(own?.uplink.addresses ?? {});
  const holder = links.find((link) => !notLegs.test(link.device) && registered.some((cidr) => holds(link, cidr)));
  const link = holder ?? links.find(({ device }) => device === ways[0]?.device);
  if (link === undefined) return undefined;
  const others = links.filter((other) => other !== link && !notLegs.test(other.device));
  return {
    node,
    device: link.device,
    mac: link.mac,
    mtu: link.mtu || (own?.uplink.mtu ?? 0),
    addresses: global(link),
    others: others.flatMap(global),
    ways,
  };
}

function wayTo(to: string, cidr: string, lookup: (address: string) => RouteFact | undefined): NodeWay | undefined {
  const route = lookup(withoutPrefix(cidr));
  const hop = route?.hops?.[0] ?? route;
  if (hop?.device === undefined) return undefined;
  return { to, family: familyOf(cidr), device: hop.device, ...(hop.via === undefined ? {} : { via: hop.via }) };
}

function holds({ addresses }: LinkFact, cidr: string): boolean {
  return addresses.some((address) => isSameAddress(withoutPrefix(address), withoutPrefix(cidr)));
}

function global({ addresses }: LinkFact): readonly string[] {
  return addresses.filter((address) => !address.startsWith("fe80:"));
}

/** Devices whose MTU Felix goes by (config_params.go, MTUIfacePattern). */
const mtuDevices = /^(((en|wl|ww|sl|ib)[Pcopsvx].*)|((eth|wlan|wwan).*))/;

/** The MTU that Felix takes for a node's: the smallest of its physical devices that are up; undefined where no device fits. */
export function hostMtuOf({ links }: NodeFacts): number | undefined {
  const own = links.filter(({ device, up, mtu }) => up && mtu > 0 && mtuDevices.test(device)).map(({ mtu }) => mtu);
  return own.length === 0 ? undefined : Math.min(...own);
}
