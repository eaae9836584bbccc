import type { Network } from "../dataplane/dataplane.ts";
import { faultFamily } from "./cast.ts";

/** Addresses of hosts outside, in the family that faults break. */
export function outsideAddresses(network: Network): readonly string[] {
  const family = faultFamily(network);
  return (network.identities.external ?? []).flatMap(({ addresses }) => addresses[family] ?? []);
}

/** What turns red besides where a node passes requests on with the client's address: answers go past it, plain, from an address that nobody asked. */
export const pastTheNode = [
  ...["encapsulated", "not-encapsulated", "no-leak", "symmetry", "outer-endpoints", "outer-header"],
  ...["reached", "flows", "conservation", "answered-by", "mss", "sentinel", "next-hop-mac"],
] as const;
