import type { Network } from "../dataplane/dataplane.ts";
import { faultFamily } from "./cast.ts";

/** nft(8)'s word for the fault's family. */
export function familyWord(network: Network): "ip" | "ip6" {
  return faultFamily(network) === 4 ? "ip" : "ip6";
}

/** nft(8)'s type of an address of the fault's family. */
export function familyType(network: Network): "ipv4_addr" | "ipv6_addr" {
  return faultFamily(network) === 4 ? "ipv4_addr" : "ipv6_addr";
}

/** The pools of the fault's family as an anonymous nft(8) set. */
export function poolSet(network: Network): string {
  const pools = network.lab.plan.topology.pools.filter((pool) => pool.family === faultFamily(network));
  return `{ ${pools.map((pool) => pool.cidr).join(", ")} }`;
}
