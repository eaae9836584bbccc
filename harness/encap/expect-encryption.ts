import type { Plan } from "../topology/plan.ts";
import { contains, familyOf } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeIdentity } from "./identity.ts";
import { wireguardMtu } from "./tunnel.ts";
import { isEncrypted, isEncryptedBetween, wireguardDevice, wireguardPort } from "./wireguard.ts";

/** How packets of a family get into WireGuard on a node: a rule asks a table first, whose routes lead to the device. */
export interface ExpectedEncryption {
  readonly family: Family;
  readonly device: string;
  readonly port: number;
  readonly peers: readonly EncryptedPeer[];
}

/** Another node that encrypts. */
interface EncryptedPeer {
  readonly node: string;
  /** Its underlay address. */
  readonly endpoint: string;
  /** What must be encrypted on its way there: its blocks, and addresses of its own that are in none of them. */
  readonly destinations: readonly string[];
}

/** A device that encrypts. */
interface EncryptingDevice {
  readonly device: string;
  readonly kind: "wireguard";
  readonly mtu: number;
  /** With /32 or /128. */
  readonly address: string;
}

/** A node's WireGuard device in a family; [] where it has none. */
export function encryptingDevice(plan: Plan, family: Family, node: NodeIdentity): readonly EncryptingDevice[] {
  const device = wireguardDevice(family);
  const address = node.tunnelAddresses[device];
  if (!isEncrypted(plan) || node.encrypts !== true || address === undefined) return [];
  const prefix = family === 4 ? 32 : 128;
  return [{ device, kind: "wireguard", mtu: wireguardMtu(plan, family), address: `${address}/${prefix}` }];
}

/** What leads into it (felix/wireguard/wireguard.go updateRouteTableFromNodeUpdates). */
export function encryptionOf(
  plan: Plan,
  node: NodeIdentity,
  others: readonly NodeIdentity[],
): { readonly encrypted?: readonly ExpectedEncryption[] } {
  if (!isEncrypted(plan) || node.encrypts !== true) return {};
  return {
    encrypted: plan.families.map((family) => ({
      family,
      device: wireguardDevice(family),
      port: wireguardPort(family),
      peers: others.flatMap((other) => {
        const endpoint = other.addresses[family];
        if (endpoint === undefined || !isEncryptedBetween(node, other)) return [];
        return [{ node: other.name, endpoint, destinations: encryptedDestinations(other, family) }];
      }),
    })),
  };
}

/** Networks and addresses of a node that others encrypt packets to: its blocks, and tunnel addresses that are borrowed. */
export function encryptedDestinations({ blocks, tunnelAddresses }: NodeIdentity, family: Family): readonly string[] {
  const own = blocks[family] ?? [];
  const borrowed = Object.values(tunnelAddresses).filter(
    (address) => familyOf(address) === family && !own.some((block) => contains(block, address)),
  );
  return [...own, ...borrowed];
}
