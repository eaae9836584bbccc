/**
 * By how much nodes' clocks are ahead of that of the routers between them, from packets that both saw: a node cannot have sent a packet after a
 * router had it, nor received it before. Thousands of packets leave less doubt than a question to the node, which on a busy machine takes
 * seconds to be answered.
 */
export class ClockBounds {
  readonly #passed = new Map<number, { first: number; last: number }>();
  readonly #bounds = new Map<string, { least: number; most: number }>();

  /** A router saw a packet. All that routers saw comes before what nodes saw; times are epoch seconds. */
  passed(packet: number, at: number): void {
    const known = this.#passed.get(packet);
    if (known === undefined) this.#passed.set(packet, { first: at, last: at });
    else {
      known.first = Math.min(known.first, at);
      known.last = Math.max(known.last, at);
    }
  }

  /** The node that sends a packet saw it, by its own clock. */
  sent(node: string, packet: number, at: number): void {
    const passed = this.#passed.get(packet);
    if (passed === undefined) return;
    const bounds = this.#boundsOf(node);
    bounds.least = Math.max(bounds.least, at - passed.first);
  }

  /** The node that a packet is for saw it, by its own clock. */
  received(node: string, packet: number, at: number): void {
    const passed = this.#passed.get(packet);
    if (passed === undefined) return;
    const bounds = this.#boundsOf(node);
    bounds.most = Math.min(bounds.most, at - passed.last);
  }

  /** Seconds by which a node's clock is ahead; undefined where no packet between it and a router tells. */
  ahead(node: string): number | undefined {
    const { least, most } = this.#bounds.get(node) ?? { least: -Infinity, most: Infinity };
    const told = [least, most].filter((bound) => Number.isFinite(bound));
    return told.length === 0 ? undefined : told.reduce((sum, bound) => sum + bound, 0) / told.length;
  }

  #boundsOf(node: string): { least: number; most: number } {
    const bounds = this.#bounds.get(node) ?? { least: -Infinity, most: Infinity };
    this.#bounds.set(node, bounds);
    return bounds;
  }
}
