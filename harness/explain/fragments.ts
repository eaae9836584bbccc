import { isFirstFragment } from "../packet/form.ts";
import type { IpLayer } from "../packet/layer.ts";
import type { Packet } from "../packet/packet.ts";
import type { Sighting } from "./sighting.ts";

/** Packets whose later parts are waited for, and parts whose first one is waited for, at most. */
const mostRemembered = 10_000;

/**
 * Finds the packet that a later fragment belongs to: only the first part has ports and inner headers. Parts may overtake each
 * other, so that one without its first is kept until that comes.
 */
export class Fragments<Waiting> {
  private readonly firsts = new Map<string, Sighting>();
  private readonly waiting = new Map<string, Waiting[]>();
  private waitingParts = 0;

  /** Remembers a packet whose headers, at any level, are followed by parts; returns those that came before it. */
  remember(packet: Packet, sighting: Sighting): readonly Waiting[] {
    const early: Waiting[] = [];
    for (const layer of packet.layers) {
      if ((layer.kind !== "ipv4" && layer.kind !== "ipv6") || !isFirstFragment(layer)) continue;
      const key = keyOf(layer, packet);
      if (this.firsts.size >= mostRemembered) dropOldest(this.firsts);
      this.firsts.set(key, sighting);
      const parts = this.waiting.get(key) ?? [];
      this.waiting.delete(key);
      this.waitingParts -= parts.length;
      early.push(...parts);
    }
    return early;
  }

  /** The packet of which an IP header begins a later part. */
  firstOf(ip: IpLayer, packet: Packet): Sighting | undefined {
    return this.firsts.get(keyOf(ip, packet));
  }

  /** Keeps a part until its first one comes; returns those that are not worth waiting for any longer. */
  wait(ip: IpLayer, packet: Packet, part: Waiting): readonly Waiting[] {
    const key = keyOf(ip, packet);
    const parts = this.waiting.get(key) ?? [];
    parts.push(part);
    this.waiting.set(key, parts);
    this.waitingParts += 1;
    return this.waitingParts > mostRemembered ? this.unresolved() : [];
  }

  /** Parts whose first one never came. */
  unresolved(): readonly Waiting[] {
    const parts = [...this.waiting.values()].flat();
    this.waiting.clear();
    this.waitingParts = 0;
    return parts;
  }
}

function keyOf(ip: IpLayer, packet: Packet): string {
  const id = ip.kind === "ipv4" ? ip.identification : (ip.fragment?.identification ?? 0);
  const seenAt = packet.interfaceIndex ?? packet.capturedOn?.index ?? "";
  return `${ip.source} ${ip.destination} ${ip.protocol} ${id} ${seenAt}`;
}

function dropOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
