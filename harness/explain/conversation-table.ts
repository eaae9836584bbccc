import { isFirstFragment, outerIp, type PacketForm } from "../packet/form.ts";
import type { Packet } from "../packet/packet.ts";
import type { Conversation, FoldedConversations } from "./conversation.ts";
import type { CountedVariant } from "./counted-variant.ts";
import { Entry } from "./entry.ts";
import { Fragments } from "./fragments.ts";
import { ServicePorts } from "./service-ports.ts";
import { laterPartOf, sightingOf, type Sighting } from "./sighting.ts";
import { Transit } from "./transit.ts";

/** Conversations and undecided connections kept at most; beyond, the smaller half is folded into a sum. Some 1 KiB each. */
const mostEntries = 20_000;

/** What became of a packet that was added. */
export type Added =
  /** It is one of a conversation's packets. */
  | { readonly as: "packet"; readonly sighting: Sighting }
  /** It is a further part of a packet that was counted. */
  | { readonly as: "part" }
  /** It has no addresses of a conversation. */
  | { readonly as: "nothing" };

const part: Added = { as: "part" };
const nothing: Added = { as: "nothing" };

/** A later part whose first one was not seen yet. */
interface WaitingPart {
  readonly sighting: Sighting;
  readonly isOutermost: boolean;
}

/** Collects the conversations of a capture, packet by packet, in bounded memory. */
export class ConversationTable {
  /** Packets that were cut into parts, and the parts, by whether the packet was encapsulated before it was cut. */
  readonly cutOnTheWay = { packets: 0, encapsulated: 0, parts: 0 };
  /** Parts of packets whose first part is not in the capture; they are counted in a conversation of their ends alone. */
  readonly orphans = new Map<PacketForm, number>();
  private readonly conversationsByKey = new Map<string, Entry>();
  private readonly undecided = new Map<string, Entry>();
  private readonly ports = new ServicePorts();
  private readonly fragments = new Fragments<WaitingPart>();
  private readonly transit = new Transit();
  private readonly folded = { conversations: 0, packets: 0, bytes: 0, asymmetric: 0, mixed: 0 };
  private readonly limit: number;
  private created = 0;

  constructor(limit = mostEntries) {
    this.limit = limit;
  }

  /** Counts a packet, or the part of one. */
  add(packet: Packet): Added {
    const sighting = sightingOf(packet);
    if (sighting === undefined) return nothing;
    const later = laterPartOf(packet);
    if (later !== undefined) return this.addPart(packet, sighting, later);
    this.count(packet, sighting);
    const outer = outerIp(packet);
    if (outer !== undefined && isFirstFragment(outer)) {
      this.cutOnTheWay.packets += 1;
      this.cutOnTheWay.parts += 1;
      if (sighting.levels.length > 0) this.cutOnTheWay.encapsulated += 1;
    }
    for (const waiting of this.fragments.remember(packet, sighting)) this.join(waiting, sighting);
    return { as: "packet", sighting };
  }

  /** All conversations that were kept, in the order of their first packets. */
  conversations(): Conversation[] {
    this.transit.finish();
    for (const waiting of this.fragments.unresolved()) this.addOrphan(waiting);
    this.settle();
    const entries = [...this.conversationsByKey.values()];
    return entries.sort((one, other) => one.order - other.order).map((entry) => entry.toConversation());
  }

  /** Sum of the conversations that were not kept; undefined where all were. */
  get foldedConversations(): FoldedConversations | undefined {
    return this.folded.conversations === 0 ? undefined : this.folded;
  }

  private addPart(packet: Packet, sighting: Sighting, later: NonNullable<ReturnType<typeof laterPartOf>>): Added {
    const { ip, isOutermost } = later;
    const waiting = { sighting, isOutermost };
    const first = this.fragments.firstOf(ip, packet);
    if (first !== undefined) this.join(waiting, first);
    else for (const given of this.fragments.wait(ip, packet, waiting)) this.addOrphan(given);
    return isOutermost ? part : { as: "packet", sighting };
  }

  /** Counts a part with its first: as a part of that packet, or, inside of a tunnel, as a packet of that conversation. */
  private join({ sighting, isOutermost }: WaitingPart, first: Sighting): void {
    if (isOutermost) {
      this.entryOf(first).variantOf(first).fragments += 1;
      this.cutOnTheWay.parts += 1;
      return;
    }
    const { protocol, sourcePort, destinationPort } = first;
    this.entryOf({ ...sighting, protocol, sourcePort, destinationPort }).add(sighting);
  }

  private addOrphan({ sighting, isOutermost }: WaitingPart): void {
    this.entryOf(sighting).add(sighting);
    if (isOutermost) this.orphans.set(sighting.form, (this.orphans.get(sighting.form) ?? 0) + 1);
  }

  private count(packet: Packet, sighting: Sighting): CountedVariant {
    const variant = this.entryOf(sighting).add(sighting);
    this.transit.see(packet, variant);
    return variant;
  }

  private entryOf(sighting: Sighting): Entry {
    const { protocol, source, destination, sourcePort, destinationPort } = sighting;
    if (sourcePort === undefined || destinationPort === undefined) return this.conversation(sighting, undefined);
    const port = this.ports.certain(sighting);
    if (port !== undefined) return this.conversation(sighting, port);
    const isTurned = source > destination;
    const ports: [number, number] = isTurned ? [destinationPort, sourcePort] : [sourcePort, destinationPort];
    const key = `${keyOf(sighting)} ${ports.join(" ")}`;
    const known = this.undecided.get(key);
    if (known !== undefined) return known;
    this.makeRoom();
    const entry = new Entry(sighting, this.nextOrder(), undefined, [sourcePort, destinationPort]);
    this.undecided.set(key, entry);
    this.ports.count(protocol, ports);
    return entry;
  }

  private conversation(of: Parameters<typeof keyOf>[0] & Sighting, port: number | undefined): Entry {
    const key = `${keyOf(of)} ${port ?? ""}`;
    const known = this.conversationsByKey.get(key);
    if (known !== undefined) return known;
    this.makeRoom();
    const entry = new Entry(of, this.nextOrder(), port);
    this.conversationsByKey.set(key, entry);
    return entry;
  }

  /** Gives connections of which nobody knew who serves to the likelier of their ports. */
  private settle(): void {
    for (const entry of this.undecided.values()) {
      const { a, b, protocol, ports, interfaceIndex, interfaceName } = entry;
      if (ports === undefined) continue;
      const port = this.ports.likelier(protocol, ports);
      this.ports.remember(protocol, port === ports[1] ? b : a, port);
      const key = `${keyOf({ source: a, destination: b, protocol, interfaceIndex, interfaceName })} ${port}`;
      const known = this.conversationsByKey.get(key);
      if (known === undefined) this.conversationsByKey.set(key, entry.withPort(port));
      else known.merge(entry);
    }
    this.undecided.clear();
  }

  private nextOrder(): number {
    this.created += 1;
    return this.created;
  }

  private makeRoom(): void {
    if (this.conversationsByKey.size + this.undecided.size < this.limit) return;
    this.settle();
    if (this.conversationsByKey.size > this.limit / 2) this.fold();
  }

  /** Keeps the larger half; those with something wrong in them are counted among the larger ones, up to a quarter. */
  private fold(): void {
    const entries = [...this.conversationsByKey].map(([key, entry]) => {
      const { asymmetric, mixed } = entry.toConversation();
      return { key, entry, asymmetric, mixed };
    });
    entries.sort((one, other) => other.entry.packets - one.entry.packets);
    const odd = entries.filter(({ asymmetric, mixed }) => asymmetric || mixed).slice(0, this.limit / 4);
    const kept = new Set(odd.map(({ key }) => key));
    for (const { key } of entries) if (kept.size < this.limit / 2) kept.add(key);
    for (const { key, entry, asymmetric, mixed } of entries) {
      if (kept.has(key)) continue;
      this.conversationsByKey.delete(key);
      this.folded.conversations += 1;
      this.folded.packets += entry.packets;
      for (const { bytes } of entry.variants.values()) this.folded.bytes += bytes;
      if (asymmetric) this.folded.asymmetric += 1;
      if (mixed) this.folded.mixed += 1;
    }
  }
}

/** Names two endpoints whichever of them sends, at one interface. */
function keyOf(of: {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly interfaceIndex: number | undefined;
  readonly interfaceName: string | undefined;
}): string {
  const { source, destination } = of;
  const ends = source < destination ? `${source} ${destination}` : `${destination} ${source}`;
  return `${ends} ${of.protocol} ${of.interfaceIndex ?? ""} ${of.interfaceName ?? ""}`;
}
