import type { Mode } from "../../encap/mode.ts";
import { policyToward } from "../../encap/pool-policy.ts";
import { encapsulationOf, tunnelMtu } from "../../encap/tunnel.ts";
import { nextHop } from "../../encap/underlay-way.ts";
import { addressCount, contains } from "../../topology/address.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { RouteProgram } from "./node-program.ts";
import type { Peer } from "./peer.ts";

/**
 * The route of one node to another node's block, in the form that Calico v3.32 gives it: Felix programs
 * VXLAN pools (protocol 80; protocol boot, which it does not set, on the tunnel device), BIRD programs IPIP and
 * unencapsulated ones (protocol bird), which is v3.32's default for both.
 */
export function blockRoute(plan: Plan, mode: Mode, family: Family, from: Peer, to: Peer): RouteProgram {
  const encapsulation = encapsulationOf(mode, family);
  const base = { family, destination: to.block, type: "unicast" } as const;
  const direct = { ...base, device: from.planned.uplink.device } as const;
  const tunneled =
    encapsulation !== "none" && (policyToward(mode, to.words, family) === "Always" || !sameSubnet(from, to));
  if (encapsulation === "vxlan") {
    if (!tunneled) return { ...direct, via: to.address, protocol: "80", onlink: true };
    const mtu = tunnelMtu(plan, mode, family);
    return { ...base, via: to.tunnelAddress, device: to.tunnelDevice, protocol: "boot", onlink: true, mtu };
  }
  if (tunneled) return { ...base, via: to.address, device: to.tunnelDevice, protocol: "bird", onlink: true };
  // BIRD's recursive next hop: the node itself where the uplink's own network holds it, otherwise the router toward it.
  const via = nextHop(from.planned, family, to.address, false) ?? to.address;
  // A gateway that no network of a /32 holds.
  const onlink = !contains(from.planned.uplink.addresses[family] ?? via, via);
  return { ...direct, via, protocol: "bird", onlink };
}

/** The blackhole that keeps packets to unused addresses of a node's own block in it; none for a block of one address. */
export function blackholeRoutes(mode: Mode, family: Family, block: string): readonly RouteProgram[] {
  if (addressCount(block) === 1n) return [];
  const protocol = encapsulationOf(mode, family) === "vxlan" ? "80" : "bird";
  return [{ family, destination: block, type: "blackhole", protocol, onlink: false }];
}

/** Calico's decision (felix/calc/l3_route_resolver.go): the local node's registered network holds the remote node's address. */
function sameSubnet(from: Peer, to: Peer): boolean {
  return contains(from.registered, to.address);
}
