import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { Identities, NodeIdentity } from "./identity.ts";
import { nextHop } from "./underlay-way.ts";

/** What a node must be to the wires between nodes, whatever the mode. */
export interface ExpectedUnderlay {
  readonly uplink: string;
  /** With prefix: the node's own addresses there. */
  readonly addresses: readonly { readonly family: Family; readonly address: string }[];
  /** Devices that must pass packets on: the uplink and the pods' (tunnels are named by themselves). */
  readonly forwards: readonly string[];
  /** Devices of the node's own pods. */
  readonly podDevices: readonly string[];
  /** How packets find each other node's address. */
  readonly ways: readonly ExpectedWay[];
  /** With prefix: as Calico must have registered the node. */
  readonly registered: readonly { readonly family: Family; readonly address: string }[];
}

/** The way to another node's underlay address. */
export interface ExpectedWay {
  readonly family: Family;
  readonly to: string;
  readonly address: string;
  /** Missing where the other is a neighbor. */
  readonly via?: string;
}

/** The underlay of one node, from the plan alone: a surveyed plan holds what the machines said before anything was judged. */
export function expectUnderlay(plan: Plan, identities: Identities, node: NodeIdentity): ExpectedUnderlay {
  const planned = plan.nodes.find(({ name }) => name === node.name);
  const podDevices = identities.pods.filter((pod) => pod.node === node.name).map(({ hostDevice }) => hostDevice);
  const perFamily = <T>(of: (family: Family) => readonly T[]): readonly T[] => plan.families.flatMap(of);
  return {
    uplink: node.uplink,
    addresses: perFamily((family) => {
      const address = planned?.uplink.addresses[family];
      return address === undefined ? [] : [{ family, address }];
    }),
    forwards: [node.uplink, ...podDevices],
    podDevices,
    ways: perFamily((family) =>
      identities.nodes.flatMap((other) => {
        const address = other.addresses[family];
        if (other.name === node.name || address === undefined || planned === undefined) return [];
        const hop = nextHop(planned, family, address, false);
        const via = hop === undefined || hop === address ? {} : { via: hop };
        return hop === undefined ? [] : [{ family, to: other.name, address, ...via }];
      }),
    ),
    registered: perFamily((family) => {
      const address = node.registered[family];
      return address === undefined ? [] : [{ family, address }];
    }),
  };
}
