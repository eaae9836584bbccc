import type { Identities, NodeIdentity } from "../encap/identity.ts";
import { contains, normalizeAddress } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";

/** Whose an address is. */
export interface Owner {
  readonly node: NodeIdentity;
  /** The address is a pod's or the tunnel's, to which only Calico's routes lead, and not the node's own. */
  readonly inBlock: boolean;
}

/** Tells of any address whose it is: what runs on a node has its block's addresses whether anybody named it or not. */
export class AddressBook {
  readonly #known = new Map<string, Owner>();
  readonly #blocks: readonly (readonly [block: string, owner: Owner])[];
  readonly #pools: readonly string[];
  /** Answers for addresses that no identity names; a capture repeats few addresses often. */
  readonly #found = new Map<string, { readonly owner: Owner | undefined; readonly pooled: boolean }>();

  constructor(plan: Plan, { nodes, pods }: Identities) {
    this.#pools = plan.topology.pools.filter(({ disabled }) => disabled !== true).map(({ cidr }) => cidr);
    this.#blocks = nodes.flatMap((node) =>
      Object.values(node.blocks).flatMap((blocks) => blocks.map((block) => [block, { node, inBlock: true }] as const)),
    );
    for (const node of nodes) {
      for (const address of Object.values(node.tunnelAddresses)) this.#known.set(address, { node, inBlock: true });
      const own = [...Object.values(node.addresses), ...Object.values(node.otherAddresses ?? {}).flat()];
      for (const address of own) this.#known.set(address, { node, inBlock: false });
    }
    for (const pod of pods) {
      const node = nodes.find(({ name }) => name === pod.node);
      if (node === undefined) continue;
      for (const address of Object.values(pod.addresses)) this.#known.set(address, { node, inBlock: true });
    }
  }

  /** Missing for addresses of nobody's. */
  ownerOf(address: string): Owner | undefined {
    return this.#known.get(address) ?? this.#lookUp(address).owner;
  }

  /** Whether an address is of the pods' kind: of a pod or tunnel, or of a pool. */
  isPods(address: string): boolean {
    const known = this.#known.get(address);
    return known === undefined ? this.#lookUp(address).pooled : known.inBlock;
  }

  #lookUp(text: string): { readonly owner: Owner | undefined; readonly pooled: boolean } {
    const before = this.#found.get(text);
    if (before !== undefined) return before;
    const address = normalizeAddress(text);
    const owner = this.#known.get(address) ?? this.#blocks.find(([block]) => contains(block, address))?.[1];
    const pooled = owner?.inBlock ?? this.#pools.some((pool) => contains(pool, address));
    const answer = { owner, pooled };
    if (this.#found.size < mostRemembered) this.#found.set(text, answer);
    return answer;
  }
}

/** Addresses remembered: memory stays bounded whatever a capture holds. */
const mostRemembered = 10_000;
