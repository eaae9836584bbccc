import type { FormCounts, PacketForm } from "../packet/form.ts";
import { outerIp } from "../packet/form.ts";
import type { Layer } from "../packet/layer.ts";
import type { Level } from "../packet/levels.ts";
import type { Packet } from "../packet/packet.ts";
import { groupPolicyFlag } from "../packet/tunnel/vxlan.ts";
import { chainName } from "./compare-directions.ts";
import type { OtherTraffic } from "./conversation.ts";
import { cutShort } from "./cut-short.ts";
import type { Sighting } from "./sighting.ts";

/** Kinds told apart at most in each count: hostile bytes have thousands. */
const mostKinds = 100;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts by name, bounded. */
export class Counts {
  readonly all = new Map<string, number>();

  add(name: string, count = 1): void {
    const kind = this.all.has(name) || this.all.size < mostKinds ? name : "others";
    this.all.set(kind, (this.all.get(kind) ?? 0) + count);
  }
}

/** What a capture holds beside its conversations, and what the notes about it are made from. */
export class CaptureFacts {
  packets = 0;
  bytes = 0;
  firstSeconds: number | undefined;
  lastSeconds: number | undefined;
  readonly forms: Mutable<FormCounts> = { plain: 0, ipip: 0, vxlan: 0 };
  /** By all encapsulations: "vxlan", "vxlan / ipip". */
  readonly chains = new Counts();
  readonly notIp = new Counts();
  /** "1 packet to UDP 4789 is no VXLAN (flags 0x12)", by all that comes behind the number. */
  readonly mismatches = new Counts();
  /** Headers of VXLAN that receivers drop, by what is wrong with them. */
  readonly invalid = new Counts();
  /** Ports whose payload begins like VXLAN, and ports of Geneve and WireGuard. */
  readonly portsOf = new Map<PacketForm, Counts>();
  /** Headers of the underlay between link and IP: "MPLS", "VLAN 100". */
  readonly carriers = new Counts();
  groupPolicy = 0;
  /** Packets that the snapshot length cut before what tells a tunnel. */
  readonly cutShort = { UDP: 0, TCP: 0 };
  /** Packets with an encapsulation in another one. */
  nested = 0;
  readonly outermost = new OutermostLevel();
  readonly other: Mutable<OtherTraffic> = {
    arp: 0,
    neighborDiscovery: 0,
    notIp: 0,
    innerUnread: 0,
    malformed: 0,
    truncated: 0,
  };
  /** Destination ports of all UDP packets. */
  private readonly udpPorts = new Uint8Array(0x10000);

  /** Counts what every packet has. */
  add(packet: Packet): void {
    this.packets += 1;
    this.bytes += packet.originalLength;
    const seconds = packet.timeSeconds;
    if (this.firstSeconds === undefined || seconds < this.firstSeconds) this.firstSeconds = seconds;
    if (this.lastSeconds === undefined || seconds > this.lastSeconds) this.lastSeconds = seconds;
    const { problem } = packet;
    if (problem !== undefined) this.other[problem.kind] += 1;
    const cut = cutShort(packet);
    if (cut !== undefined) this.cutShort[cut] += 1;
    const carrier = carrierName(packet.layers);
    if (carrier !== "") this.carriers.add(carrier);
    this.lookAtLayers(packet.layers);
  }

  /** Counts an IP packet by its form. */
  addForm(form: PacketForm, levels: readonly Level[], count = 1): void {
    this.forms[form] = (this.forms[form] ?? 0) + count;
    this.chains.add(chainName(form, levels), count);
    if (levels.length > 1) this.nested += count;
  }

  /** Counts a packet of a conversation. */
  addSighting({ form, levels }: Sighting): void {
    this.addForm(form, levels);
    this.outermost.add(levels[0]);
  }

  /** Counts a packet that belongs to no conversation; `form` is that of an IP packet whose inner header cannot be read. */
  addOther(packet: Packet, form: PacketForm, levels: readonly Level[]): void {
    const last = packet.layers.findLast((layer) => layer.kind !== "truncated" && layer.kind !== "malformed");
    const isIp = outerIp(packet) !== undefined;
    if (isIp) {
      this.addForm(form, levels);
      this.outermost.add(levels[0]);
    }
    if (last?.kind === "arp") this.other.arp += 1;
    else if (isIp) this.other.innerUnread += 1;
    else {
      this.other.notIp += 1;
      this.notIp.add(notIpName(packet));
    }
  }

  hasUdpPort(port: number): boolean {
    return this.udpPorts[port] === 1;
  }

  private lookAtLayers(layers: readonly Layer[]): void {
    let port = 0;
    for (const layer of layers) {
      switch (layer.kind) {
        case "udp":
          port = layer.destinationPort;
          this.udpPorts[port] = 1;
          break;
        case "vxlan":
          if ((layer.flags & groupPolicyFlag) !== 0) this.groupPolicy += 1;
          break;
        case "mismatch":
          this.mismatches.add(`UDP ${port} ${layer.protocol} ${layer.reason}`);
          break;
        case "tunnel":
          if (layer.form === "invalid-vxlan") this.invalid.add(layer.text.replace(/^.*: /, ""));
          this.countPort(layer.form, port);
          break;
        default:
      }
    }
  }

  private countPort(form: PacketForm, port: number): void {
    let counts = this.portsOf.get(form);
    if (counts === undefined) {
      counts = new Counts();
      this.portsOf.set(form, counts);
    }
    counts.add(String(port));
  }
}

/** Whether all packets share their outermost encapsulation. */
class OutermostLevel {
  /** Undefined until the first packet; "none" where not all have the same. */
  private common: Level | "none" | undefined;

  add(level: Level | undefined): void {
    this.common ??= level ?? "none";
    if (this.common !== "none" && !isSameTunnel(this.common, level)) this.common = "none";
  }

  /** The encapsulation around every packet; missing where there is none, or more than one. */
  get shared(): Level | undefined {
    return this.common === "none" ? undefined : this.common;
  }
}

/** Headers that say nothing about the underlay: they only frame the packet. */
const framing: ReadonlySet<string> = new Set(["LLC", "SNAP", "PPP", "HDLC", "ENC", "NFLOG"]);

/** What stands around the first IP header beside its frame: "VLAN 100 / MPLS"; "" where nothing does. */
function carrierName(layers: readonly Layer[]): string {
  let name = "";
  for (const layer of layers) {
    if (layer.kind === "ipv4" || layer.kind === "ipv6") return name;
    const part = layer.kind === "vlan" ? `VLAN ${layer.id}` : layer.kind === "shim" ? layer.name : "";
    if (part !== "" && !framing.has(part)) name = name === "" ? part : `${name} / ${part}`;
  }
  return "";
}

function isSameTunnel(one: Level, other: Level | undefined): boolean {
  if (one.form !== other?.form || one.id !== other.id) return false;
  const isSame = one.source === other.source && one.destination === other.destination;
  return isSame || (one.source === other.destination && one.destination === other.source);
}

function notIpName({ layers }: Packet): string {
  const last = layers.at(-1);
  switch (last?.kind) {
    case "opaque":
      return last.name;
    case "malformed":
    case "truncated":
      return `${last.kind} ${last.protocol}`;
    default:
      return "no payload";
  }
}
