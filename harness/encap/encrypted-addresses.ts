import { contains, familyOf } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { encryptedDestinations } from "./expect-encryption.ts";
import type { Identities } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { podMtu, wireguardMtu } from "./tunnel.ts";
import { wireguardDevice } from "./wireguard.ts";

/** Tells to which node's WireGuard the packets to an address go, and how large they may be. */
export class EncryptedAddresses {
  readonly devices: readonly string[];
  /** MTU of pods in bytes, which may be less than that of the encrypting devices. */
  readonly podMtu: number;
  readonly #plan: Plan;
  readonly #networks: readonly { readonly network: string; readonly endpoint: string }[];
  readonly #known = new Map<string, string>();

  constructor(plan: Plan, mode: Mode, { nodes, pods }: Identities) {
    this.#plan = plan;
    this.podMtu = podMtu(plan, mode);
    this.devices = plan.families.map(wireguardDevice);
    const own = nodes.filter(({ encrypts }) => encrypts === true);
    this.#networks = own.flatMap((node) =>
      plan.families.flatMap((family) => {
        const endpoint = node.addresses[family];
        if (endpoint === undefined) return [];
        return encryptedDestinations(node, family).map((network) => ({ network, endpoint }));
      }),
    );
    for (const { node, addresses } of pods) {
      const endpoints = own.find(({ name }) => name === node)?.addresses ?? {};
      for (const address of Object.values(addresses)) {
        const endpoint = endpoints[familyOf(address)];
        if (endpoint !== undefined) this.#known.set(address, endpoint);
      }
    }
  }

  /** Underlay address of the node that decrypts what goes to an address; undefined where nobody does. */
  peerOf(address: string): string | undefined {
    return this.#known.get(address) ?? this.#networks.find(({ network }) => contains(network, address))?.endpoint;
  }

  /** MTU of the encrypting device of the family of an address. */
  mtuFor(address: string): number {
    return wireguardMtu(this.#plan, familyOf(address));
  }
}
