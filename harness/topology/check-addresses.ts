import { contains, networkOf, normalizeAddress, overlaps, prefixLength, reservedIn, withoutPrefix } from "./address.ts";
import { heldAddress, routerAddress } from "./router-address.ts";
import type { Family, Topology, TopologyNode } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem, ValuePath } from "../core/yaml/value-problem.ts";

/** Addresses of nodes and routers: inside their subnet, one owner each, with a prefix that the lab can be built with. */
export function checkAddresses(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  const families: readonly Family[] = [4, 6];
  return [
    ...families.flatMap((family) => topology.nodes.flatMap((node) => checkNode(topology, node, family))),
    ...topology.families.flatMap((family) => checkOwners(topology, file, family)),
  ];
}

function checkNode(topology: Topology, node: TopologyNode, family: Family): readonly ValueProblem[] {
  const subnet = topology.subnets.find(({ name }) => name === node.subnet);
  const network = subnet?.cidrs[family];
  const interfaceAddress = node.addresses[family];
  const path = ["nodes", node.name, keyOf("address", family)];
  if (subnet === undefined || (network === undefined && interfaceAddress === undefined)) return [];
  if (interfaceAddress === undefined) {
    return [
      { path, message: `${network ?? ""} is too small for this node's default address; set address or enlarge it` },
    ];
  }
  const address = withoutPrefix(interfaceAddress);
  if (network === undefined) return [{ path, message: `${subnet.name} has no IPv${family} network for ${address}` }];
  if (!contains(network, address)) return [{ path, message: `${address} is outside ${subnet.name} (${network})` }];
  const reserved = reservedIn(network, address, family);
  if (reserved !== undefined) return [{ path, message: `${address} is the ${reserved} of ${network}` }];
  return checkPrefix(topology, node, family, network, interfaceAddress);
}

function checkPrefix(
  topology: Topology,
  node: TopologyNode,
  family: Family,
  network: string,
  interfaceAddress: string,
): readonly ValueProblem[] {
  const path = ["nodes", node.name, keyOf("prefix", family)];
  const prefix = prefixLength(interfaceAddress);
  if (prefix === singleOf(family)) return checkSingle(topology, node, network, path, family);
  if (prefix > prefixLength(network)) {
    const fix = `for what Calico registers, use ${keyOf("registeredPrefix", family)}`;
    return [
      {
        path,
        message: `/${prefix} is longer than the subnet's (${network}): its router would be out of reach; ${fix}, or take ${singleOf(family)} on a wire of the node's own`,
      },
    ];
  }
  if (prefix === prefixLength(network)) return [];
  const own = networkOf(interfaceAddress);
  const swallowed = [
    ...topology.pools
      .filter(({ cidr, disabled }) => disabled !== true && overlaps(own, cidr))
      .map(({ cidr }) => `the pool ${cidr}`),
    ...Object.values(topology.services)
      .filter((cidr) => overlaps(own, cidr))
      .map((cidr) => `the services ${cidr}`),
  ].map((what) => ({
    path,
    message: `${own} contains ${what}, which the node would then resolve on its own segment`,
  }));
  return [...swallowed, ...checkWidth(topology, node, family, own, path)];
}

/** Prefix length of a network of one address. */
function singleOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Nodes with a /32 or /128 send everything to their gateway, neighbors' packets too, which would then cross the router's port twice. */
function checkSingle(
  topology: Topology,
  node: TopologyNode,
  network: string,
  path: ValuePath,
  family: Family,
): readonly ValueProblem[] {
  const single = singleOf(family);
  const others = topology.nodes.filter(({ name, subnet }) => subnet === node.subnet && name !== node.name);
  if (others.length === 0 || prefixLength(network) === single) return [];
  const names = others.map(({ name }) => name).join(", ");
  return [
    { path, message: `a node with a /${single} has a wire of its own, as in clouds; it shares this one with ${names}` },
  ];
}

/** A prefix that contains other racks works only where a router answers for them. */
function checkWidth(
  topology: Topology,
  node: TopologyNode,
  family: Family,
  own: string,
  path: ValuePath,
): readonly ValueProblem[] {
  const covered = topology.subnets.find(({ name, cidrs }) => {
    const cidr = cidrs[family];
    return name !== node.subnet && cidr !== undefined && overlaps(own, cidr);
  });
  if (covered === undefined || covered.name === node.subnet) return [];
  if (family === 6) {
    return [{ path, message: `${own} contains ${covered.name}; proxying of IPv6 neighbors is not supported` }];
  }
  const routers = topology.routers.filter(({ subnets }) => subnets.includes(node.subnet));
  if (routers.some(({ proxyArp }) => proxyArp)) return [];
  const names = routers.map(({ name }) => name).join(" or ");
  return [{ path, message: `${own} contains ${covered.name}; that needs proxyArp: true on router ${names}` }];
}

interface Owner {
  readonly label: string;
  readonly path: ValuePath;
  readonly address: string | undefined;
}

function checkOwners(topology: Topology, file: FileFacts, family: Family): readonly ValueProblem[] {
  const routers = topology.routers.flatMap((router) =>
    [...new Set(router.subnets)].map((subnet, index): Owner => ({
      label: `router ${router.name}`,
      path: ["routers", router.name, "subnets", index],
      address: routerAddress(topology, router.name, subnet, family),
    })),
  );
  const held = topology.routers.flatMap(({ name, subnets }) =>
    subnets.map((subnet): Owner => ({
      label: `the gateway that router ${name} holds`,
      path: ["routers", name],
      address: heldAddress(topology, name, subnet, family),
    })),
  );
  const nodes = topology.nodes
    .filter((node) => standsInItsSubnet(topology, node, family))
    .map(({ name, addresses }): Owner => ({
      label: `node ${name}`,
      path: ["nodes", name, keyOf("address", family)],
      address: addresses[family] && normalizeAddress(withoutPrefix(addresses[family])),
    }));
  const visits = topology.nodes.flatMap(({ name, networks = [] }) =>
    networks.map(({ addresses }, index): Owner => ({
      label: `node ${name}`,
      path: ["nodes", name, "networks", index],
      address: addresses[family] && normalizeAddress(withoutPrefix(addresses[family])),
    })),
  );
  // Of two owners the later is told: addresses that the file spells out come after the defaults.
  const order = nodes.toSorted((a, b) => Number(file.spells(a.path)) - Number(file.spells(b.path)));
  const taken = new Map<string, string>();
  const external = (topology.external ?? []).map(({ name, addresses }): Owner => ({
    label: `external host ${name}`,
    path: ["external", name, keyOf("address", family)],
    address: addresses[family] && normalizeAddress(withoutPrefix(addresses[family])),
  }));
  return [...routers, ...held, ...order, ...visits, ...external].flatMap(({ label, path, address }) => {
    const owner = address === undefined ? undefined : taken.get(address);
    if (address !== undefined && owner === undefined) taken.set(address, label);
    return owner === undefined ? [] : [{ path, message: `${address ?? ""} already belongs to ${owner}` }];
  });
}

/** An address in the wrong subnet is reported as that; whom it would collide with there is beside the point. */
function standsInItsSubnet(topology: Topology, node: TopologyNode, family: Family): boolean {
  const network = topology.subnets.find(({ name }) => name === node.subnet)?.cidrs[family];
  const address = node.addresses[family];
  return network !== undefined && address !== undefined && contains(network, withoutPrefix(address));
}

function keyOf(key: string, family: Family): string {
  return family === 4 ? key : `${key}6`;
}
