import { deviceName } from "./autodetection.ts";
import { contains, prefixLength, withoutPrefix } from "./address.ts";
import { balancedRoutes } from "./load-balancers.ts";
import type { Allocation, Route } from "./plan.ts";
import { gatewayAddress } from "./router-address.ts";
import type { Family, Router, Topology, TopologyNode } from "./topology.ts";

/**
 * Routes of a node: the default by its gateway, which is the first router of its subnet unless it names another, and one to each subnet that another router there is
 * nearer to. A subnet inside the node's own wide prefix gets none: the node takes it for its own segment.
 */
export function nodeRoutes(
  topology: Topology,
  families: readonly Family[],
  node: Pick<TopologyNode, "subnet" | "addresses" | "gateway" | "networks" | "vlan">,
): readonly Route[] {
  const here = routersAt(topology, node.subnet);
  const main = here.find(({ name }) => name === node.gateway) ?? here[0];
  if (main === undefined) return [];
  const device = deviceName(0, node.vlan);
  const own = [node.subnet, ...(node.networks ?? []).map(({ subnet }) => subnet)];
  const others = topology.subnets.filter(({ name }) => !own.includes(name));
  return families.flatMap((family) => {
    // An address with /32 or /128 stands in no network that could hold the gateway, as clouds give them out.
    const onlink = isSingle(node.addresses[family]) ? { onlink: true as const } : {};
    const toward = (destination: string, router: string): readonly Route[] =>
      routeVia(family, destination, gatewayAddress(topology, router, node.subnet, family), device).map((route) => ({
        ...route,
        ...onlink,
      }));
    const special = others.flatMap(({ name, cidrs }) => {
      const address = node.addresses[family];
      const cidr = cidrs[family];
      const best = nearest(topology, [main, ...here.filter((router) => router !== main)], name);
      const needless = best === undefined || best.name === main.name;
      if (needless || address === undefined || cidr === undefined || contains(address, cidr)) return [];
      return toward(cidr, best.name);
    });
    return [...toward("default", main.name), ...special];
  });
}

/** Whether an interface address is a network of its own. */
function isSingle(cidr: string | undefined): boolean {
  return cidr !== undefined && prefixLength(cidr) === (cidr.includes(":") ? 128 : 32);
}

/**
 * Routes of a router: to each subnet that it has no port in, by the next router; with `fabric: static` also to each
 * node's block and to load balancer addresses, by the node itself where the router shares its subnet and by the next router elsewhere.
 */
export function routerRoutes(
  topology: Topology,
  families: readonly Family[],
  allocation: Allocation,
  router: Router,
): readonly Route[] {
  return families.flatMap((family) => {
    const remote = topology.subnets.filter(({ name }) => !router.subnets.includes(name));
    const toSubnets = remote.flatMap(({ name, cidrs }) => viaNextRouter(topology, router, name, family, cidrs[family]));
    if (topology.fabric !== "static") return toSubnets;
    const balanced = balancedRoutes(topology, allocation, family);
    const toNodes = topology.nodes.flatMap((node) => {
      const blocks = allocation.nodes.find((own) => own.node === node.name)?.blocks[family] ?? [];
      const beside = balanced.filter((route) => route.node === node.name).map(({ destination }) => destination);
      const address = node.addresses[family];
      const port = router.subnets.indexOf(node.subnet);
      return [...blocks, ...beside].flatMap((destination) =>
        port < 0
          ? viaNextRouter(topology, router, node.subnet, family, destination)
          : routeVia(family, destination, address && withoutPrefix(address), `eth${port}`),
      );
    });
    return [...toSubnets, ...toNodes];
  });
}

function viaNextRouter(
  topology: Topology,
  router: Router,
  subnet: string,
  family: Family,
  destination: string | undefined,
): readonly Route[] {
  const neighbors = topology.routers.filter((other) => other !== router && sharedSubnet(router, other) !== undefined);
  const next = nearestOf(topology, neighbors, subnet);
  const [first, ...also] = (topology.ecmp === true ? next : next.slice(0, 1)).flatMap((other) => {
    const shared = sharedSubnet(router, other);
    const via = shared && gatewayAddress(topology, other.name, shared, family);
    return via === undefined ? [] : [{ via, device: deviceName(router.subnets.indexOf(shared ?? "")) }];
  });
  const routes = routeVia(family, destination, first?.via, first?.device ?? "");
  return also.length === 0 ? routes : routes.map((route) => ({ ...route, also }));
}

function routeVia(
  family: Family,
  destination: string | undefined,
  via: string | undefined,
  device: string,
): readonly Route[] {
  return destination === undefined || via === undefined ? [] : [{ family, destination, via, device }];
}

function routersAt(topology: Topology, subnet: string): readonly Router[] {
  return topology.routers.filter(({ subnets }) => subnets.includes(subnet));
}

function sharedSubnet(a: Router, b: Router): string | undefined {
  return a.subnets.find((subnet) => b.subnets.includes(subnet));
}

/** The router with the fewest hops to a subnet; the first of the file where several are as near. */
function nearest(topology: Topology, routers: readonly Router[], subnet: string): Router | undefined {
  return nearestOf(topology, routers, subnet)[0];
}

/** All routers with the fewest hops to a subnet, in the order of the file. */
function nearestOf(topology: Topology, routers: readonly Router[], subnet: string): readonly Router[] {
  const distances = hopsTo(topology, subnet);
  const least = Math.min(...routers.map(({ name }) => distances.get(name) ?? Infinity));
  return routers.filter(({ name }) => distances.has(name) && distances.get(name) === least);
}

/** How many further routers lie between each router and a subnet; routers that cannot reach it are missing. */
function hopsTo(topology: Topology, subnet: string): ReadonlyMap<string, number> {
  const hops = new Map<string, number>();
  let frontier = routersAt(topology, subnet);
  for (let distance = 0; frontier.length > 0; distance++) {
    for (const router of frontier) hops.set(router.name, distance);
    const reached = frontier;
    frontier = topology.routers.filter(
      (router) => !hops.has(router.name) && reached.some((near) => sharedSubnet(near, router) !== undefined),
    );
  }
  return hops;
}
