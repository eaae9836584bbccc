import { encrypts } from "../../topology/allocate.ts";
import { contains, familyOf } from "../../topology/address.ts";
import { wireguardMtu } from "../../encap/tunnel.ts";
import { isEncrypted, wireguardDevice, wireguardPort, wireguardTable } from "../../encap/wireguard.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { EncryptionProgram } from "./node-program.ts";
import type { Peer } from "./peer.ts";

/** A node's WireGuard in one family, as Felix makes it (felix/wireguard/wireguard.go); [] where it takes no part. */
export function encryptionOf(
  plan: Plan,
  family: Family,
  self: Peer,
  others: readonly Peer[],
): readonly EncryptionProgram[] {
  const device = wireguardDevice(family);
  const address = self.tunnels[device];
  if (!isEncrypted(plan) || address === undefined) return [];
  const known = others.filter(({ node }) => encrypts(plan.topology, node));
  return [
    {
      family,
      device,
      mtu: wireguardMtu(plan, family),
      address,
      port: wireguardPort(family),
      table: wireguardTable(family),
      peers: known.map((peer) => ({
        node: peer.node,
        endpoint: peer.address,
        allowed: networksOf(peer, family),
      })),
      thrown: [self, ...others.filter((other) => !known.includes(other))].flatMap((peer) => networksOf(peer, family)),
    },
  ];
}

/** A node's blocks, and addresses of its pods and tunnels that are in none of them. */
function networksOf({ blocks, borrowed, tunnels }: Peer, family: Family): readonly string[] {
  const own = Object.values(tunnels).filter((address) => familyOf(address) === family);
  const single = [...borrowed, ...own.filter((address) => !blocks.some((block) => contains(block, address)))];
  return [...new Set([...blocks, ...single.map((address) => `${address}/${family === 4 ? 32 : 128}`)])];
}
