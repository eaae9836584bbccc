import { innerIp, transport } from "../packet/form.ts";
import type { Packet } from "../packet/packet.ts";
import type { CountedVariant } from "./counted-variant.ts";

/** Within this time a packet passes through one node, also through a slow one: seconds. */
const passing = 0.5;

/** A node decrements the TTL once; bridges and tunnels inside of it do not. */
const mostHops = 1;

/** Packets that were on their way when the capture began or ended lack their twin: seconds. */
const edge = 0.005;

/** Packets remembered at most; a busy node has some thousands on their way at once. */
const mostRemembered = 4_096;

interface Seen {
  readonly variant: CountedVariant;
  readonly ttl: number;
  readonly seconds: number;
  counted: boolean;
}

/**
 * Finds packets that a capture on all interfaces saw several times, plain at the pod and encapsulated at the uplink. SLL of before
 * libpcap 1.10 does not tell interfaces apart, and without this a sound node would seem to mix its forms.
 */
export class Transit {
  private readonly recent = new Map<string, Seen[]>();
  private readonly early: Seen[] = [];
  private firstSeconds: number | undefined;
  private lastSeconds = 0;

  /** Takes note of a packet that was counted under a variant. */
  see(packet: Packet, variant: CountedVariant): void {
    if (packet.layers[0]?.kind !== "sll") return;
    const key = identityOf(packet);
    const ttl = innerIp(packet)?.ttl;
    if (key === undefined || ttl === undefined) return;
    const seconds = packet.timeSeconds;
    this.firstSeconds ??= seconds;
    this.lastSeconds = seconds;
    const seen: Seen = { variant, ttl, seconds, counted: false };
    if (seconds - this.firstSeconds < edge && this.early.length < mostRemembered) this.early.push(seen);
    const others = (this.recent.get(key) ?? []).filter((other) => seconds - other.seconds < passing);
    for (const other of others.filter((candidate) => isTwin(candidate, seen))) {
      count(other);
      count(seen);
    }
    this.recent.delete(key);
    this.recent.set(key, [...others, seen]);
    if (this.recent.size > mostRemembered) this.dropOldest();
  }

  /** Forgives what had begun to pass before the capture did, or had no time to end. */
  finish(): void {
    const late = [...this.recent.values()].flat().filter(({ seconds }) => this.lastSeconds - seconds < edge);
    for (const seen of [...this.early, ...late]) if (seen.variant.inTransit > 0) count(seen);
  }

  private dropOldest(): void {
    for (const key of this.recent.keys()) {
      this.recent.delete(key);
      return;
    }
  }
}

function isTwin(one: Seen, other: Seen): boolean {
  return one.variant.form !== other.variant.form && Math.abs(one.ttl - other.ttl) <= mostHops;
}

function count(seen: Seen): void {
  if (seen.counted) return;
  seen.counted = true;
  seen.variant.inTransit += 1;
}

/** What the sender wrote and nobody on the way changes; missing in packets that have no such thing. */
function identityOf(packet: Packet): string | undefined {
  const ip = innerIp(packet);
  const carried = transport(packet);
  if (ip === undefined || carried === undefined) return undefined;
  const id = ip.kind === "ipv4" ? ip.identification : "";
  const ends = `${ip.source} ${ip.destination} ${ip.protocol} ${id}`;
  switch (carried.kind) {
    case "tcp":
      return `${ends} ${carried.sourcePort} ${carried.destinationPort} ${carried.sequence} ${carried.acknowledgment}`;
    case "udp":
      return `${ends} ${carried.sourcePort} ${carried.destinationPort} ${ip.length}`;
    default:
      return `${ends} ${carried.type} ${carried.identifier} ${carried.sequence}`;
  }
}
