import { contains } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeIdentity } from "./identity.ts";

/**
 * Calico's "same subnet": the network that the LOCAL node is registered with contains the REMOTE node's address (Felix
 * calc/l3_route_resolver.go; BIRD: confd bgp_processor.go, `bgp_next_hop ~ <local net>`). The remote
 * prefix plays no part, so unequal prefixes decide differently in each direction, and a /32 (calico#3003, #4254) has no
 * neighbors. Nothing looks at the wires. Without either address Calico takes the peer for remote.
 */
export function inSameSubnet(local: NodeIdentity, remote: NodeIdentity, family: Family): boolean {
  const network = local.registered[family];
  const address = remote.addresses[family];
  return network !== undefined && address !== undefined && contains(network, address);
}
