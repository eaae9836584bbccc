import { addressCount, canonicalForm, hostAddress, prefixLength } from "./address.ts";
import type { TopologyFile } from "./schema.ts";
import type { ExternalHost, Family, Topology } from "./topology.ts";

/** Number of the first host's address in a subnet; those below are left to routers. */
const firstHostNumber = 11;

/** The hosts outside of the cluster: without an address of their own they take those after the nodes that are in their subnet. */
export function fillExternal(file: TopologyFile, families: readonly Family[]): Pick<Topology, "external"> {
  if (file.external === undefined) return {};
  const places = new Map<string, number>();
  const external = Object.entries(file.external).map(([name, entry]): ExternalHost => {
    const { subnet, role } = entry;
    const place = places.get(subnet) ?? nodesIn(file, subnet);
    places.set(subnet, place + 1);
    const pairs = families.flatMap((family) => {
      const network = family === 4 ? file.subnets[subnet]?.cidr : file.subnets[subnet]?.cidr6;
      if (network === undefined) return [];
      const given = family === 4 ? entry.address : entry.address6;
      const number = firstHostNumber + place;
      const fits = BigInt(number) < addressCount(network);
      const address = given === undefined ? (fits ? hostAddress(network, number) : undefined) : canonicalForm(given);
      return address === undefined ? [] : [[family, `${address}/${prefixLength(network)}`] as const];
    });
    return { name, subnet, addresses: Object.fromEntries(pairs), ...(role === undefined ? {} : { role }) };
  });
  return { external };
}

function nodesIn(file: TopologyFile, subnet: string): number {
  const nodes = Object.values(file.nodes);
  return nodes.filter((node) => node.subnet === subnet || node.networks?.includes(subnet) === true).length;
}
