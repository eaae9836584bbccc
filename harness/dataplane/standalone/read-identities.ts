import { externalIdentities } from "../../encap/external-identities.ts";
import type { Identities, NodeIdentity, PodIdentity, TunnelAddresses } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import { otherAddressesOf } from "../../encap/other-addresses.ts";
import { poolIdentities } from "../../encap/pool-mode.ts";
import { sharedIdentities } from "../../encap/shared-identities.ts";
import { tunnelModes } from "../../encap/tunnel.ts";
import { wireguardDevice } from "../../encap/wireguard.ts";
import { encrypts } from "../../topology/allocate.ts";
import type { Executor } from "../../exec/executor.ts";
import { familyOf, withoutPrefix } from "../../topology/address.ts";
import { perFamily } from "../../topology/fill-topology.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family, PerFamily } from "../../topology/topology.ts";
import type { DataplaneFacts } from "../dataplane.ts";
import { readPrefix, type Entry } from "./datastore.ts";

/** Everything of Calico's that identities are read from, below these keys of the datastore. */
const prefixes = {
  nodes: "/calico/resources/v3/projectcalico.org/nodes/",
  endpoints: "/calico/resources/v3/projectcalico.org/workloadendpoints/",
  blocks: "/calico/ipam/v2/host/",
} as const;

/** Who has which address, as Calico's IPAM gave them out, read from the lab's datastore. */
export async function readIdentities(executor: Executor, plan: Plan, mode: Mode): Promise<Identities> {
  const [nodes, endpoints, blocks] = await Promise.all([
    readPrefix(executor, prefixes.nodes),
    readPrefix(executor, prefixes.endpoints),
    readPrefix(executor, prefixes.blocks),
  ]);
  return identitiesFrom(plan, mode, { nodes, endpoints, blocks });
}

/** The entries of the datastore below the three prefixes. */
export interface IdentityEntries {
  readonly nodes: readonly Entry[];
  readonly endpoints: readonly Entry[];
  readonly blocks: readonly Entry[];
}

/**
 * Identities from entries of the datastore. The registered address is the plan's and not what the datastore says: it is
 * what the topology intends, and start-up was told it.
 */
export function identitiesFrom(plan: Plan, mode: Mode, entries: IdentityEntries): Identities {
  const specs = new Map(entries.nodes.map((entry) => [lastPart(entry.key), specOf(entry)]));
  return {
    nodes: plan.nodes.map((node): NodeIdentity => {
      const spec = specs.get(node.name);
      const registered = plan.topology.nodes.find(({ name }) => name === node.name)?.registered ?? {};
      return {
        name: node.name,
        addresses: perFamily(plan.families, (family) => bare(node.uplink.addresses[family])),
        registered: perFamily(plan.families, (family) => registered[family]),
        ...(encrypts(plan.topology, node.name) ? { encrypts: true as const } : {}),
        uplink: node.uplink.device,
        ...poolIdentities(plan),
        ...otherAddressesOf(plan, node),
        blocks: perFamily(plan.families, (family) => blocksOf(entries.blocks, node.name, family)),
        tunnelAddresses: tunnelAddresses(plan, mode, spec),
      };
    }),
    pods: podsFrom(plan, entries.endpoints),
    services: plan.allocation.services.map(({ service: name, ...rest }) => ({ name, ...rest })),
    ...sharedIdentities(plan),
    ...externalIdentities(plan),
  };
}

/** With prefix: what each node is registered as, which decides what Calico takes for its subnet. */
export async function readRegistrations(executor: Executor): Promise<NonNullable<DataplaneFacts["registered"]>> {
  return registrationsFrom(await readPrefix(executor, prefixes.nodes));
}

/** The same from entries of the datastore. */
export function registrationsFrom(nodes: readonly Entry[]): NonNullable<DataplaneFacts["registered"]> {
  return nodes.map((entry) => {
    const bgp = (specOf(entry).bgp ?? {}) as Spec;
    const addresses = [bgp.ipv4Address, bgp.ipv6Address].filter((address) => typeof address === "string");
    return { node: lastPart(entry.key), addresses };
  });
}

/** The plan's pods that have an endpoint, in the plan's order, with the addresses of that. */
function podsFrom(plan: Plan, endpoints: readonly Entry[]): readonly PodIdentity[] {
  const specs = endpoints.map(specOf);
  return plan.allocation.pods.flatMap(({ pod: name, node, hostDevice }) => {
    const spec = specs.find((candidate) => candidate.node === node && candidate.interfaceName === hostDevice);
    if (spec === undefined) return [];
    const networks = Array.isArray(spec.ipNetworks) ? spec.ipNetworks.filter((entry) => typeof entry === "string") : [];
    const of = (family: Family): string | undefined => bare(networks.find((network) => familyOf(network) === family));
    return [{ name, node, addresses: perFamily(plan.families, of), hostDevice }];
  });
}

/** Keys of confirmed affinities: `/calico/ipam/v2/host/a1/ipv4/block/198.19.0.0-26` (model/block_affinity.go). */
function blocksOf(entries: readonly Entry[], node: string, family: Family): readonly string[] {
  const start = `${prefixes.blocks}${node}/ipv${family}/block/`;
  return entries
    .filter(
      ({ key, value }) => key.startsWith(start) && (JSON.parse(value) as { state?: string }).state === "confirmed",
    )
    .map(({ key }) => blockFromKey(key.slice(start.length), family));
}

/** In keys the slash is a dash, and so are the colons of IPv6. */
function blockFromKey(text: string, family: Family): string {
  const dash = text.lastIndexOf("-");
  const address = text.slice(0, dash);
  return `${family === 4 ? address : address.replaceAll("-", ":")}/${text.slice(dash + 1)}`;
}

type Spec = Readonly<Record<string, unknown>>;

function tunnelAddresses(plan: Plan, mode: Mode, spec: Spec = {}): TunnelAddresses {
  const bgp = (spec.bgp ?? {}) as Spec;
  const pairs = plan.families.flatMap((family) =>
    tunnelModes(plan, mode, family).flatMap(([device, { encapsulation }]) => {
      const value = encapsulation === "ipip" ? bgp.ipv4IPIPTunnelAddr : spec[`ipv${family}VXLANTunnelAddr`];
      return typeof value === "string" && value !== "" ? [[device, withoutPrefix(value)] as const] : [];
    }),
  );
  const wireguard = (spec.wireguard ?? {}) as Spec;
  const encrypting = plan.families.flatMap((family) => {
    const value = wireguard[`interfaceIPv${family}Address`];
    return typeof value === "string" && value !== "" ? [[wireguardDevice(family), withoutPrefix(value)] as const] : [];
  });
  return Object.fromEntries([...pairs, ...encrypting]);
}

function specOf({ value }: Entry): Spec {
  return (JSON.parse(value) as { spec?: Spec }).spec ?? {};
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

function bare(address: string | undefined): string | undefined {
  return address === undefined ? undefined : withoutPrefix(address);
}

/** For tests and messages: whether every node and pod of the plan is known with an address in every family. */
export function lacking(plan: Plan, identities: Identities): string | undefined {
  const whole = (addresses: PerFamily<string>): boolean =>
    plan.families.every((family) => addresses[family] !== undefined);
  const pod = plan.allocation.pods.find(
    ({ pod: name }) => !identities.pods.some((known) => known.name === name && whole(known.addresses)),
  );
  return pod === undefined ? undefined : `pod ${pod.pod} has no endpoint in the datastore`;
}
