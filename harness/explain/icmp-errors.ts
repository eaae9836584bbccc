import { innerIp, transport } from "../packet/form.ts";
import { icmpErrorText, quotedText } from "../packet/icmp-error-text.ts";
import type { Packet } from "../packet/packet.ts";
import type { IcmpErrorCount } from "./conversation.ts";

/** Kinds of errors kept apart at most: a scan earns one for each port. */
const mostKinds = 1_000;

/** Counts ICMP errors by who sent them, what they say, and what about. */
export class IcmpErrors {
  /** Errors that were not kept apart any more. */
  more = 0;
  private readonly counts = new Map<string, { error: IcmpErrorCount; packets: number }>();

  add(packet: Packet): void {
    const header = transport(packet);
    const ip = innerIp(packet);
    if (ip === undefined || (header?.kind !== "icmp" && header?.kind !== "icmpv6") || !header.isError) return;
    const [error, about] = [icmpErrorText(header), quotedText(packet.quoted)];
    const { source: from, destination: to } = ip;
    const key = `${from} ${to} ${error} ${about}`;
    const known = this.counts.get(key);
    if (known !== undefined) known.packets += 1;
    else if (this.counts.size < mostKinds) {
      this.counts.set(key, { error: { from, to, error, about, packets: 1 }, packets: 1 });
    } else this.more += 1;
  }

  /** In the order in which they were first seen. */
  all(): readonly IcmpErrorCount[] {
    return [...this.counts.values()].map(({ error, packets }) => ({ ...error, packets }));
  }
}
