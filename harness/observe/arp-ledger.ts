import type { TapId } from "../encap/expectation.ts";
import type { Packet } from "../packet/packet.ts";

/** Somebody asked at a tap who has an address, and no answer showed there. */
export interface UnansweredAsk {
  readonly tap: TapId;
  readonly asker: string;
  readonly target: string;
  readonly times: number;
}

/** Keeps count of who asks by ARP for what at each tap, and of who answers. */
export class ArpLedger {
  /** By tap, asker and target. */
  readonly #asks = new Map<string, { tap: number; asker: string; target: string; times: number }>();
  /** By tap, asker and target. */
  readonly #answered = new Set<string>();

  add(packet: Packet, tap: number): void {
    const arp = packet.layers.find((layer) => layer.kind === "arp");
    // Who announces itself asks for its own address.
    if (arp === undefined || arp.senderIp === arp.targetIp) return;
    if (arp.operation === answer) {
      this.#answered.add(`${tap} ${arp.targetIp} ${arp.senderIp}`);
      return;
    }
    const key = `${tap} ${arp.senderIp} ${arp.targetIp}`;
    const before = this.#asks.get(key);
    if (before !== undefined) before.times += 1;
    else if (this.#asks.size < most) this.#asks.set(key, { tap, asker: arp.senderIp, target: arp.targetIp, times: 1 });
  }

  /** Those who asked more than once and were never answered: a capture may begin or end between a question and its answer. */
  unanswered(taps: readonly TapId[]): readonly UnansweredAsk[] {
    return [...this.#asks].flatMap(([key, { tap: index, asker, target, times }]) => {
      const tap = taps[index];
      return tap === undefined || times < 2 || this.#answered.has(key) ? [] : [{ tap, asker, target, times }];
    });
  }
}

/** ARP's operation of a reply (RFC 826). */
const answer = 2;

/** Questions told apart: a scan of a whole network must not fill memory. */
const most = 10_000;
