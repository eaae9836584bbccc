import { formOf, innerIp, outerIp, overheadOf, transport, vxlanOf, type FormCounts, type PacketForm } from "./form.ts";
import { ipProtocolName } from "./ip-protocol.ts";
import type { IpLayer, TransportLayer } from "./layer.ts";
import type { Packet } from "./packet.ts";

/** Packets of one direction of a conversation that look alike from outside. */
export interface ConversationVariant {
  /** "forward" goes from `a` to `b`. */
  readonly direction: "forward" | "reverse";
  readonly form: PacketForm;
  /** Missing on plain packets. */
  readonly outerSource?: string;
  readonly outerDestination?: string;
  readonly vni?: number;
  readonly packets: number;
  /** Inner IP lengths. */
  readonly bytes: number;
  /** Outer minus inner IP length, summed over the packets. */
  readonly overheadBytes: number;
}

/** All packets between two inner endpoints of one protocol and service port, at one interface where that is known. */
export interface Conversation {
  /** Who sent first. */
  readonly a: string;
  readonly b: string;
  readonly protocol: string;
  /** TCP and UDP: the lower of the two ports, which is the service's nearly always. */
  readonly port?: number;
  readonly interfaceIndex?: number;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly variants: readonly ConversationVariant[];
  /** The directions differ in form, or in the set of forms. */
  readonly asymmetric: boolean;
  /** One direction comes in more than one form. */
  readonly mixed: boolean;
  /** No packet in the reverse direction. */
  readonly oneWay: boolean;
}

/** Packets that belong to no conversation, or that could not be read to the end (these may be in one all the same). */
export interface OtherTraffic {
  readonly arp: number;
  readonly neighborDiscovery: number;
  readonly notIp: number;
  readonly innerUnread: number;
  readonly malformed: number;
  readonly truncated: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Entry extends Pick<Conversation, "a" | "b" | "protocol" | "firstSeconds"> {
  readonly port: number | undefined;
  readonly interfaceIndex: number | undefined;
  lastSeconds: number;
  readonly variants: Map<string, Mutable<ConversationVariant>>;
}

/** Collects the conversations of a capture, packet by packet. */
export class ConversationTable {
  bytes = 0;
  firstSeconds: number | undefined;
  lastSeconds: number | undefined;
  readonly forms: Mutable<FormCounts> = { plain: 0, ipip: 0, vxlan: 0 };
  readonly other: Mutable<OtherTraffic> = {
    arp: 0,
    neighborDiscovery: 0,
    notIp: 0,
    innerUnread: 0,
    malformed: 0,
    truncated: 0,
  };
  /** Destination ports of all UDP packets. */
  readonly udpPorts = new Set<number>();
  private readonly entries = new Map<string, Entry>();

  add(packet: Packet): void {
    this.bytes += packet.originalLength;
    this.firstSeconds = Math.min(this.firstSeconds ?? packet.timeSeconds, packet.timeSeconds);
    this.lastSeconds = Math.max(this.lastSeconds ?? packet.timeSeconds, packet.timeSeconds);
    for (const layer of packet.layers) if (layer.kind === "udp") this.udpPorts.add(layer.destinationPort);
    if (packet.problem !== undefined) this.other[packet.problem.kind] += 1;
    const outer = outerIp(packet);
    const form = formOf(packet);
    if (outer !== undefined) this.forms[form] = (this.forms[form] ?? 0) + 1;
    const inner = innerIp(packet);
    if (outer === undefined || inner === undefined) {
      this.addOther(packet, outer);
      return;
    }
    const carried = transport(packet);
    if (carried?.kind === "icmpv6" && carried.isNeighborDiscovery) this.other.neighborDiscovery += 1;
    else this.addTo(this.entryOf(packet, inner, carried), packet, { form, outer, inner });
  }

  conversations(): Conversation[] {
    return [...this.entries.values()].map(toConversation);
  }

  private addOther(packet: Packet, outer: IpLayer | undefined): void {
    const last = packet.layers.findLast((layer) => layer.kind !== "truncated" && layer.kind !== "malformed");
    if (last?.kind === "arp") this.other.arp += 1;
    else if (outer === undefined) this.other.notIp += 1;
    else this.other.innerUnread += 1;
  }

  private entryOf(packet: Packet, inner: IpLayer, carried: TransportLayer | undefined): Entry {
    const { interfaceIndex, timeSeconds } = packet;
    const { source, destination } = inner;
    const port = servicePort(carried);
    const protocol = protocolName(inner, carried);
    const ends = source < destination ? `${source} ${destination}` : `${destination} ${source}`;
    const key = `${ends} ${protocol} ${port ?? ""} ${interfaceIndex ?? ""}`;
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = {
      a: source,
      b: destination,
      protocol,
      port,
      interfaceIndex,
      firstSeconds: timeSeconds,
      lastSeconds: timeSeconds,
      variants: new Map(),
    };
    this.entries.set(key, entry);
    return entry;
  }

  private addTo(entry: Entry, packet: Packet, ip: { form: PacketForm; outer: IpLayer; inner: IpLayer }): void {
    const { form, outer, inner } = ip;
    const direction = inner.source === entry.a ? "forward" : "reverse";
    const vni = vxlanOf(packet)?.vni;
    const outside = form === "plain" ? "" : `${outer.source} ${outer.destination} ${vni ?? ""}`;
    const key = `${direction} ${form} ${outside}`;
    const variant = entry.variants.get(key) ?? {
      direction,
      form,
      ...(form === "plain" ? {} : { outerSource: outer.source, outerDestination: outer.destination }),
      ...(vni === undefined ? {} : { vni }),
      packets: 0,
      bytes: 0,
      overheadBytes: 0,
    };
    variant.packets += 1;
    variant.bytes += inner.length;
    variant.overheadBytes += overheadOf(packet) ?? 0;
    entry.lastSeconds = Math.max(entry.lastSeconds, packet.timeSeconds);
    entry.variants.set(key, variant);
  }
}

function protocolName(inner: IpLayer, carried: TransportLayer | undefined): string {
  if ((carried?.kind === "icmp" || carried?.kind === "icmpv6") && carried.isError) {
    return `${ipProtocolName(inner.protocol)} error`;
  }
  return ipProtocolName(inner.protocol);
}

function servicePort(carried: TransportLayer | undefined): number | undefined {
  if (carried?.kind !== "tcp" && carried?.kind !== "udp") return undefined;
  return Math.min(carried.sourcePort, carried.destinationPort);
}

function toConversation(entry: Entry): Conversation {
  const { port, interfaceIndex, ...rest } = entry;
  const variants = [...entry.variants.values()];
  const formsOf = (direction: "forward" | "reverse") =>
    [...new Set(variants.filter((variant) => variant.direction === direction).map(({ form }) => form))].sort();
  const forward = formsOf("forward");
  const reverse = formsOf("reverse");
  const oneWay = forward.length === 0 || reverse.length === 0;
  return {
    ...rest,
    ...(port === undefined ? {} : { port }),
    ...(interfaceIndex === undefined ? {} : { interfaceIndex }),
    variants,
    asymmetric: !oneWay && forward.join() !== reverse.join(),
    mixed: forward.length > 1 || reverse.length > 1,
    oneWay,
  };
}
