import { isLaterFragment, formOf, innerIp, outerIp, overheadOf, transport, type PacketForm } from "../packet/form.ts";
import { ipProtocolName } from "../packet/ip-protocol.ts";
import type { IpLayer, TransportLayer } from "../packet/layer.ts";
import { encapsulationName, levelsOf, type Level } from "../packet/levels.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tcp } from "../packet/tcp.ts";
import type { Udp } from "../packet/udp.ts";
import { cutShort } from "./cut-short.ts";

/** What a table of conversations needs of a packet, as plain values that hold none of its bytes. */
export interface Sighting {
  readonly interfaceIndex: number | undefined;
  readonly interfaceName: string | undefined;
  /** Addresses of the traffic itself, or of the tunnel's ends where what is inside cannot be read. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Of TCP and UDP. */
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  /** TCP's flags; 0 in all else. */
  readonly flags: number;
  readonly form: PacketForm;
  readonly levels: readonly Level[];
  readonly seconds: number;
  readonly bytes: number;
  /** Missing where what is inside cannot be read. */
  readonly overhead: number | undefined;
}

/** Tells what a table needs of a packet; missing where no addresses of a conversation can be read. */
export function sightingOf(packet: Packet): Sighting | undefined {
  const levels = levelsOf(packet.layers);
  const isOpaque = levels.at(-1)?.opaque === true;
  const ip = laterPartOf(packet)?.ip ?? (isOpaque ? carrier(packet) : innerIp(packet));
  if (ip === undefined) return undefined;
  const carried = isOpaque ? carrierTransport(packet) : transport(packet);
  const { capturedOn } = packet;
  const hasPorts = carried?.kind === "tcp" || carried?.kind === "udp";
  return {
    interfaceIndex: packet.interfaceIndex,
    interfaceName: capturedOn === undefined ? undefined : (capturedOn.name ?? `#${capturedOn.index}`),
    source: ip.source,
    destination: ip.destination,
    protocol: isOpaque ? opaqueName(ip, levels) : protocolName(ip, carried),
    sourcePort: hasPorts ? carried.sourcePort : undefined,
    destinationPort: hasPorts ? carried.destinationPort : undefined,
    flags: carried?.kind === "tcp" ? carried.flags : 0,
    form: cutShort(packet) === "UDP" ? "unknown" : formOf(packet),
    levels,
    seconds: packet.timeSeconds,
    bytes: ip.length,
    overhead: isOpaque ? undefined : overheadOf(packet),
  };
}

/** The IP header whose payload is a later part of a packet, and whether it is the outermost; missing in whole packets. */
export function laterPartOf(packet: Packet): { readonly ip: IpLayer; readonly isOutermost: boolean } | undefined {
  const last = packet.layers.at(-1);
  const ip = last?.kind === "ipv4" || last?.kind === "ipv6" ? last : undefined;
  if (ip === undefined || !isLaterFragment(ip)) return undefined;
  return { ip, isOutermost: ip === outerIp(packet) };
}

/** The last IP header before what cannot be read. */
function carrier(packet: Packet): IpLayer | undefined {
  return packet.layers.findLast((layer) => layer.kind === "ipv4" || layer.kind === "ipv6");
}

/** The ports before what cannot be read; STT's are no real TCP's. */
function carrierTransport({ layers }: Packet): TransportLayer | undefined {
  const last = layers.at(-1);
  const isStt = last?.kind === "tunnel" && last.form === "stt";
  return layers.findLast((layer): layer is Udp | Tcp => layer.kind === "udp" || (layer.kind === "tcp" && !isStt));
}

/** Control messages of the same tunnel are UDP; what it carries is a conversation of its own. */
function opaqueName(ip: IpLayer, levels: readonly Level[]): string {
  const form = levels.at(-1)?.form;
  if (form === undefined || form === "suspected-vxlan" || form === "other-tunnel") return ipProtocolName(ip.protocol);
  return encapsulationName(form);
}

function protocolName(ip: IpLayer, carried: TransportLayer | undefined): string {
  switch (carried?.kind) {
    case "tcp":
      return "TCP";
    case "udp":
      return "UDP";
    case "icmp":
      return carried.isError ? "ICMP error" : "ICMP";
    case "icmpv6":
      return carried.isError ? "ICMPv6 error" : "ICMPv6";
    default:
      return ipProtocolName(ip.protocol);
  }
}
