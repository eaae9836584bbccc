import type { Quotation, Recognizer, Identified } from "./recognizer.ts";

/** What packets of one tap belong to: a subject that one side sent, or what an ICMP error quotes. */
export type Owner = { readonly tap: number } & (Identified | { readonly quotation: Quotation });

/** A probe's packets of one way at one tap. */
export interface OwnedFlow {
  readonly tap: number;
  readonly probe: number;
  readonly way: "forward" | "reverse" | "error";
}

/** Numbers of an owner, 0 for nobody, by a packet's number in its file. */
type Places = Uint32Array<ArrayBuffer>;

/**
 * Whose each packet of each capture was, by its number in the file: four bytes a packet, for which nobody has to decode it again. Which probe that
 * was can be asked when all has been read.
 */
export class PacketOwners {
  readonly #recognizer: Recognizer;
  readonly #owners: Owner[] = [];
  readonly #files = new Map<string, Places>();

  constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
  }

  /** Takes an owner in and returns its number. */
  add(owner: Owner): number {
    return this.#owners.push(owner);
  }

  /** Notes the owner of a packet of a file. */
  note(file: string, packet: number, owner: number): void {
    const places = this.#files.get(file) ?? new Uint32Array(1024);
    const roomy = packet < places.length ? places : grown(places, packet);
    roomy[packet] = owner;
    if (roomy !== this.#files.get(file)) this.#files.set(file, roomy);
  }

  /** The flows of a file's packets, by packet number; undefined for packets of nobody. Packets of one flow have one value. */
  flowsOf(file: string): (packet: number) => OwnedFlow | undefined {
    const places = this.#files.get(file);
    const flows = new Map<number, OwnedFlow | undefined>();
    const known = new Map<string, OwnedFlow>();
    return (packet) => {
      const owner = places?.[packet] ?? 0;
      if (owner === 0) return undefined;
      if (flows.has(owner)) return flows.get(owner);
      const flow = this.#resolve(this.#owners[owner - 1]);
      const key = flow && `${flow.tap} ${flow.probe} ${flow.way}`;
      const one = key === undefined ? undefined : (known.get(key) ?? flow);
      if (key !== undefined && one !== undefined) known.set(key, one);
      flows.set(owner, one);
      return one;
    };
  }

  #resolve(owner: Owner | undefined): OwnedFlow | undefined {
    if (owner === undefined) return undefined;
    const { tap } = owner;
    if ("quotation" in owner) {
      const probe = this.#recognizer.resolveQuotation(owner.quotation);
      return probe === undefined ? undefined : { tap, probe, way: "error" };
    }
    const resolved = this.#recognizer.resolve(owner.subject);
    return resolved && { tap, probe: resolved.probe, way: owner.side === resolved.source ? "forward" : "reverse" };
  }
}

function grown(places: Places, packet: number): Places {
  const roomy = new Uint32Array(Math.max(2 * places.length, packet + 1));
  roomy.set(places);
  return roomy;
}
