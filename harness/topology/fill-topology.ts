import { addressCount, canonicalForm, familyOf, hostAddress, prefixLength } from "./address.ts";
import { declaredIn } from "./declared.ts";
import { fillExternal } from "./fill-external.ts";
import { linkShape } from "./link-shape.ts";
import type { NodeEntry, SubnetEntry, TopologyFile } from "./schema.ts";
import type { Family, NodeNetwork, PerFamily, Pool, Topology, TopologyNode } from "./topology.ts";

/** Bytes; Ethernet's payload (IEEE 802.3). */
const defaultMtu = 1500;

/** Two pods per node, so that paths between pods of one node exist. */
const defaultPods = 2;

/** Blocks of 64 addresses, as in Calico (IPPool.spec.blockSize). */
const defaultBlockSize = { 4: 26, 6: 122 } as const;

/** Within 198.18.0.0/15 (RFC 2544) and fd00::/8 (RFC 4193), so that a lab collides with nobody's LAN or VPN. */
const defaultPool = { 4: "198.19.0.0/17", 6: "fd00:10:19::/48" } as const;
const defaultServices = { 4: "198.19.192.0/18", 6: "fd00:10:20::/112" } as const;

/** Number of the first node's address in its subnet; those below are left to routers. */
const firstNodeNumber = 11;

const bothFamilies: readonly Family[] = [4, 6];

/**
 * Fills a file's gaps with defaults. Takes a file that is well-formed but perhaps senseless: what cannot be filled (an
 * address beyond the end of its subnet) is left out, for validateTopology to report.
 */
export function fillTopology(file: TopologyFile, source: string, fallbackName: string): Topology {
  const families = familiesOf(file);
  return {
    name: file.name ?? fallbackName,
    description: file.description ?? "",
    source,
    families,
    fabric: file.fabric ?? "none",
    ...(file.ecmp === true ? { ecmp: true as const } : {}),
    ...autodetectionOf(file, families),
    ...(file.reflectors === undefined ? {} : { reflectors: file.reflectors }),
    ...declaredIn(file),
    ...(file.wireguard === true ? { wireguard: true as const } : {}),
    subnets: Object.entries(file.subnets).map(([name, entry]) => ({
      name,
      cidrs: perFamily(families, (family) => networkOfEntry(entry, family)),
      mtu: entry.mtu ?? file.mtu ?? defaultMtu,
      ...(entry.as === undefined ? {} : { as: entry.as }),
      ...vlanOf(entry),
    })),
    routers: Object.entries(file.routers).map(([name, entry]) => ({
      name,
      subnets: entry.subnets,
      proxyArp: entry.proxyArp ?? false,
      ...(entry.allow === undefined ? {} : { allow: entry.allow }),
      ...(entry.standbyFor === undefined ? {} : { standbyFor: entry.standbyFor }),
    })),
    nodes: fillNodes(file),
    ...fillExternal(file, families),
    pools: fillPools(file, families),
    services: perFamily(families, (family) => networkOfEntry(file.services, family) ?? defaultServices[family]),
    ...loadBalancersOf(file, families),
    ...sharedServicesOf(file),
    ...(file.incident === undefined ? {} : { incident: file.incident }),
  };
}

function loadBalancersOf({ services }: TopologyFile, families: readonly Family[]): Pick<Topology, "loadBalancers"> {
  const networks = { 4: services?.loadBalancers, 6: services?.loadBalancers6 };
  if (networks[4] === undefined && networks[6] === undefined) return {};
  return { loadBalancers: perFamily(families, (family) => networks[family]) };
}

function sharedServicesOf({ services }: TopologyFile): Pick<Topology, "sharedServices"> {
  const shared = Object.entries(services?.shared ?? {});
  return shared.length === 0 ? {} : { sharedServices: shared.map(([name, { backends }]) => ({ name, backends })) };
}

/** Builds one value per family; families for which there is none are left out. */
export function perFamily<T>(families: readonly Family[], make: (family: Family) => T | undefined): PerFamily<T> {
  const values: Partial<Record<Family, T>> = {};
  for (const family of families) {
    const value = make(family);
    if (value !== undefined) values[family] = value;
  }
  return values;
}

function familiesOf(file: TopologyFile): readonly Family[] {
  const given = file.families;
  if (given !== undefined) return bothFamilies.filter((family) => given.includes(family));
  const subnets = Object.values(file.subnets);
  return bothFamilies.filter((family) => subnets.some((subnet) => networkOfEntry(subnet, family) !== undefined));
}

function autodetectionOf(file: TopologyFile, families: readonly Family[]): Pick<Topology, "autodetection"> {
  const asked = perFamily(families, (family) => (family === 4 ? file.autodetection : file.autodetection6));
  return Object.keys(asked).length === 0 ? {} : { autodetection: asked };
}

/** Keys of IPv6 values carry a 6: `cidr6`, `address6`. One spelling each, so that others may compare them as text. */
function networkOfEntry(entry: Pick<SubnetEntry, "cidr" | "cidr6"> | undefined, family: Family): string | undefined {
  const given = family === 4 ? entry?.cidr : entry?.cidr6;
  return given && canonicalForm(given);
}

/** Nodes in the file's order; each takes the number of its place among those of its subnet. */
function fillNodes(file: TopologyFile): readonly TopologyNode[] {
  // Without a list of families, an address of an unused one is kept so that validation can complain about it.
  const families = file.families === undefined ? bothFamilies : familiesOf(file);
  const placesTaken = new Map<string, number>();
  return Object.entries(file.nodes).map(([name, entry]) => {
    const place = placesTaken.get(entry.subnet) ?? 0;
    placesTaken.set(entry.subnet, place + 1);
    return fillNode(file, families, name, entry, place);
  });
}

function fillNode(
  file: TopologyFile,
  families: readonly Family[],
  name: string,
  entry: NodeEntry,
  place: number,
): TopologyNode {
  const withPrefix = (family: Family, prefix: number | undefined) => {
    const address = addressOf(file, entry, family, place);
    return address && `${address}/${prefix ?? interfacePrefix(file, entry, family)}`;
  };
  const link = linkShape(entry, file.subnets[entry.subnet] ?? {});
  return {
    name,
    subnet: entry.subnet,
    addresses: perFamily(families, (family) => withPrefix(family, undefined)),
    registered: perFamily(families, (family) =>
      withPrefix(family, family === 4 ? entry.registeredPrefix : entry.registeredPrefix6),
    ),
    pods: entry.pods ?? defaultPods,
    ...(entry.hostNetworkPod === true ? { hostNetworkPod: true as const } : {}),
    ...(entry.networks === undefined ? {} : { networks: networksOf(file, families, name, entry.networks) }),
    ...vlanOf(file.subnets[entry.subnet]),
    ...(entry.gateway === undefined ? {} : { gateway: entry.gateway }),
    ...(entry.wireguard === undefined ? {} : { wireguard: entry.wireguard }),
    ...(link === undefined ? {} : { link }),
  };
}

/** In a further subnet a node's address comes after those of all nodes that stand there. */
function networksOf(
  file: TopologyFile,
  families: readonly Family[],
  node: string,
  subnets: readonly string[],
): readonly NodeNetwork[] {
  const nodes = Object.entries(file.nodes);
  return subnets.map((subnet) => {
    const standing = nodes.filter(([, entry]) => entry.subnet === subnet).length;
    const visiting = nodes.filter(([, { networks }]) => networks?.includes(subnet)).map(([name]) => name);
    const number = firstNodeNumber + standing + visiting.indexOf(node);
    const addresses = perFamily(families, (family) => {
      const network = networkOfEntry(file.subnets[subnet], family);
      if (network === undefined || BigInt(number) >= addressCount(network)) return undefined;
      return `${hostAddress(network, number)}/${prefixLength(network)}`;
    });
    return { subnet, addresses, ...vlanOf(file.subnets[subnet]) };
  });
}

function vlanOf(entry: SubnetEntry | undefined): { readonly vlan?: number } {
  return entry?.vlan === undefined ? {} : { vlan: entry.vlan };
}

function addressOf(file: TopologyFile, entry: NodeEntry, family: Family, place: number): string | undefined {
  const given = family === 4 ? entry.address : entry.address6;
  const network = networkOfEntry(file.subnets[entry.subnet], family);
  if (given !== undefined) return canonicalForm(given);
  if (network === undefined) return undefined;
  const number = firstNodeNumber + place;
  return BigInt(number) < addressCount(network) ? hostAddress(network, number) : undefined;
}

function interfacePrefix(file: TopologyFile, entry: NodeEntry, family: Family): number {
  const given = family === 4 ? entry.prefix : entry.prefix6;
  const network = networkOfEntry(file.subnets[entry.subnet], family);
  return given ?? (network === undefined ? (family === 4 ? 32 : 128) : prefixLength(network));
}

/** The file's pools in the file's order, then the default ones of families that it names none for. */
function fillPools(file: TopologyFile, families: readonly Family[]): readonly Pool[] {
  const named = (file.pools ?? []).map((entry): Pool => {
    const { cidr, blockSize, policy, natOutgoing, racks, nodes, encapsulation, pods, disabled, allowedUses } = entry;
    const { borrowing } = entry;
    const family = familyOf(cidr);
    const takers = takersIn(file, racks, nodes);
    return {
      family,
      cidr: canonicalForm(cidr),
      blockSize: blockSize ?? defaultBlockSize[family],
      ...(natOutgoing === undefined ? {} : { natOutgoing }),
      ...(policy === undefined ? {} : { policy }),
      ...(takers === undefined ? {} : { takers }),
      ...(encapsulation === undefined ? {} : { encapsulation }),
      ...(pods === undefined ? {} : { pods }),
      ...(disabled === true ? { disabled } : {}),
      ...(borrowing === true ? { borrowing } : {}),
      ...(allowedUses === undefined ? {} : { allowedUses }),
    };
  });
  const missing = families.filter((family) => !named.some((pool) => pool.family === family));
  const added = missing.map((family) => ({ family, cidr: defaultPool[family], blockSize: defaultBlockSize[family] }));
  return [...named, ...added];
}

/** Names that stand for nothing stay, for validation to complain about. */
function takersIn(
  file: TopologyFile,
  racks: readonly string[] | undefined,
  nodes: readonly string[] | undefined,
): readonly string[] | undefined {
  if (racks === undefined && nodes === undefined) return undefined;
  const ofRack = (rack: string): readonly string[] =>
    Object.hasOwn(file.subnets, rack)
      ? Object.entries(file.nodes).flatMap(([name, { subnet }]) => (subnet === rack ? [name] : []))
      : [rack];
  return [...new Set([...(racks ?? []).flatMap(ofRack), ...(nodes ?? [])])];
}
