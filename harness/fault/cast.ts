import { LabError } from "../core/errors.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { NodeIdentity } from "../encap/identity.ts";
import { tunnelDevice } from "../encap/tunnel.ts";
import type { LabNode } from "../lab/lab.ts";
import type { Executor } from "../exec/executor.ts";
import type { Family } from "../topology/topology.ts";

/** A node that plays a part in a fault. */
export interface Actor {
  readonly name: string;
  readonly executor: Executor;
  readonly identity: NodeIdentity;
  /** Underlay address, block and tunnel address in the fault's family; the tunnel address is empty without tunnel. */
  readonly address: string;
  readonly block: string;
  readonly tunnelAddress: string;
}

/** Faults are made in IPv4 where the network has it, otherwise in IPv6. */
export function faultFamily(network: Network): Family {
  return network.lab.plan.families.includes(4) ? 4 : 6;
}

/** The node that faults are made on: the first of the plan that has pods. */
export function culprit(network: Network): Actor {
  return actorNamed(network, nodesWithPods(network)[0]);
}

/** The first other node with pods on the culprit's segment. */
export function nearPeer(network: Network): Actor {
  return actorNamed(network, others(network, true)[0], "same-subnet");
}

/** All other nodes with pods on the culprit's segment. */
export function nearPeers(network: Network): readonly Actor[] {
  return others(network, true).map((name) => actorNamed(network, name));
}

/** The first node with pods on another segment than the culprit's. */
export function farPeer(network: Network): Actor {
  return actorNamed(network, others(network, false)[0], "cross-subnet");
}

/** Addresses of a node's first two pods, in the fault's family. */
export function twoPodsOf(network: Network, { name }: Pick<Actor, "name">): readonly [string, string] {
  const pods = network.identities.pods.filter(({ node }) => node === name);
  const [first, second] = pods.map(({ addresses }) => addresses[faultFamily(network)]);
  if (first === undefined || second === undefined) throw new LabError(`${name} has fewer than two pods`);
  return [first, second];
}

/** All nodes that have pods. */
export function everyActor(network: Network): readonly Actor[] {
  return nodesWithPods(network).map((name) => actorNamed(network, name));
}

/** The routers with a port on the culprit's segment. */
export function routersOf(network: Network): readonly LabNode[] {
  const { plan, routers } = network.lab;
  const segment = segmentOf(network, culprit(network).name);
  const there = plan.routers.filter((router) => router.ports.some((port) => port.segment === segment));
  return routers.filter((router) => there.some(({ name }) => name === router.name));
}

function nodesWithPods(network: Network): readonly string[] {
  return network.lab.nodes.map(({ name }) => name).filter((name) => network.pods.some((pod) => pod.node === name));
}

function others(network: Network, near: boolean): readonly string[] {
  const { name: own } = culprit(network);
  const segment = segmentOf(network, own);
  return nodesWithPods(network).filter((name) => name !== own && (segmentOf(network, name) === segment) === near);
}

function segmentOf(network: Network, node: string): string | undefined {
  return network.lab.plan.nodes.find(({ name }) => name === node)?.uplink.segment;
}

/** A node by its name, in the part of an actor. */
export function actorNamed(network: Network, name: string | undefined, locality = "any"): Actor {
  const node = network.lab.nodes.find((candidate) => candidate.name === name);
  const identity = network.identities.nodes.find((candidate) => candidate.name === name);
  const family = faultFamily(network);
  const address = identity?.addresses[family];
  const block = identity?.blocks[family]?.[0];
  if (node === undefined || identity === undefined || address === undefined || block === undefined) {
    throw new LabError(`the topology ${network.lab.plan.topology.name} has no ${locality} node for this fault`, {
      fix: "use a topology with two nodes in each of two subnets, for example two-racks",
    });
  }
  const device = tunnelDevice(network.mode, family);
  const tunnelAddress = (device && identity.tunnelAddresses[device]) ?? "";
  return { name: node.name, executor: node.executor, identity, address, block, tunnelAddress };
}
