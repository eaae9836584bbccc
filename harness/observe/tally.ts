import { outerIp, overheadOf } from "../packet/form.ts";
import { packetLines } from "../packet/packet-lines.ts";
import type { Packet } from "../packet/packet.ts";
import { Account } from "./account.ts";
import type { HeaderVariant, PacketRef } from "./observation.ts";
import { shapeKey, shapeOf, type HeaderShape } from "./variant.ts";

interface MutableVariant {
  readonly shape: HeaderShape;
  packets: number;
  /** From the shortest packet: never from a frame that the kernel has not cut yet. */
  overhead: number;
  overheadFrom: number;
  firstPacket: PacketRef;
}

/** Headers by what they have in common. */
export type Variants = Map<string, MutableVariant>;

/** Counts the packets of one subject at one tap in one direction. */
export class Tally {
  /** Flows of one probe may count their headers together: dozens of them look alike. */
  readonly variants: Variants;
  /** Packets that entered and that left the device. */
  in = 0;
  out = 0;
  readonly account = new Account();
  /** Its number among those whom packets belong to (PacketOwners). */
  readonly owner: number;

  constructor(owner = 0, variants: Variants = new Map()) {
    this.owner = owner;
    this.variants = variants;
  }

  /** Counts a packet; one without a readable inner IP header has no subject and never comes here. */
  add(packet: Packet, file: string): void {
    const shape = shapeOf(packet);
    if (shape === undefined) return;
    if (packet.packetType === "out") this.out += 1;
    else this.in += 1;
    this.account.add(packet);
    const key = shapeKey(shape);
    const length = outerIp(packet)?.length ?? 0;
    const variant = this.variants.get(key);
    if (variant === undefined) {
      const overhead = overheadOf(packet) ?? 0;
      const firstPacket = refOf(packet, file);
      this.variants.set(key, { shape, packets: 1, overhead, overheadFrom: length, firstPacket });
      return;
    }
    variant.packets += 1;
    if (length >= variant.overheadFrom) return;
    variant.overheadFrom = length;
    variant.overhead = overheadOf(packet) ?? 0;
  }
}

/** Puts together what tallies of one probe, tap and direction counted: iperf3's two connections, say. */
export function mergeVariants(tallies: readonly Tally[]): readonly HeaderVariant[] {
  const merged: Variants = new Map();
  const different = new Set(tallies.map(({ variants }) => variants));
  for (const [key, variant] of [...different].flatMap((variants) => [...variants])) {
    const there = merged.get(key);
    merged.set(key, there === undefined ? { ...variant } : mergeTwo(there, variant));
  }
  return [...merged.values()]
    .sort((a, b) => a.firstPacket.number - b.firstPacket.number)
    .map(({ shape, packets, overhead, firstPacket }) => ({ ...shape, packets, overhead, firstPacket }));
}

function mergeTwo(a: MutableVariant, b: MutableVariant): MutableVariant {
  const shorter = a.overheadFrom <= b.overheadFrom ? a : b;
  const earlier = a.firstPacket.number <= b.firstPacket.number ? a : b;
  return { ...shorter, packets: a.packets + b.packets, firstPacket: earlier.firstPacket };
}

function refOf(packet: Packet, file: string): PacketRef {
  return { file, number: packet.number, time: packet.timeSeconds, lines: packetLines(packet) };
}
