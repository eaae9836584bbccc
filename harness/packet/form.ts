import { IpProtocol } from "./ip-protocol.ts";
import type { IpLayer, Layer, Malformed, TransportLayer, Truncated } from "./layer.ts";
import type { Ethernet } from "./link/ethernet.ts";
import type { Packet } from "./packet.ts";
import type { TunnelForm } from "./tunnel/tunnel.ts";
import type { Vxlan } from "./tunnel/vxlan.ts";

/** IP directly in IP, by the versions of both: "ipip" is Calico's, IPv4 in IPv4. */
export type IpInIpForm = "ipip" | "6in4" | "4in6" | "ip6ip6";

/** A way to carry a packet inside of another. */
export type EncapsulatedForm = IpInIpForm | "vxlan" | TunnelForm;

/**
 * How a packet travels: the outermost encapsulation decides. "unknown" where the bytes that would tell are not there: of a later
 * fragment of UDP, or of a packet that was cut before its ports.
 */
export type PacketForm = "plain" | EncapsulatedForm | "unknown";

/** Packets by form: Calico's forms always, all others where there are some. */
export type FormCounts = Readonly<Record<"plain" | "ipip" | "vxlan", number>> &
  Readonly<Partial<Record<PacketForm, number>>>;

/** Tells the form of a packet, also where the inner header is cut or fragmented away. */
export function formOf(packet: Packet): PacketForm {
  let ip: IpLayer | undefined;
  let last: Layer | undefined;
  for (const layer of packet.layers) {
    if (layer.kind === "vxlan") return "vxlan";
    if (layer.kind === "tunnel") return layer.form;
    if (isIp(layer)) {
      const form = ipInIpForm(layer);
      if (form !== undefined) return form;
      ip = layer;
    } else if (layer.kind === "truncated" || layer.kind === "malformed") {
      return formOfCut(layer, ip, last);
    }
    last = layer;
  }
  return ip !== undefined && isLaterFragment(ip) ? formOfNumber(ip.protocol) : "plain";
}

/** The form of a packet whose header could not be read: by the header's name, or by the number that announced it. */
function formOfCut(problem: Malformed | Truncated, ip: IpLayer | undefined, last: Layer | undefined): PacketForm {
  const isCut = problem.kind === "truncated";
  const form = formsOfHeaders.get(problem.protocol);
  if (form !== undefined && isCut) return form;
  return ip !== undefined && ip === last ? formOfNumber(ip.protocol) : "plain";
}

/** The form of IP directly in IP that a header announces; missing where it announces none. */
export function ipInIpForm(ip: IpLayer): IpInIpForm | undefined {
  const { protocol } = ip;
  if (protocol === IpProtocol.ipv4) return ip.kind === "ipv4" ? "ipip" : "4in6";
  if (protocol === IpProtocol.ipv6) return ip.kind === "ipv4" ? "6in4" : "ip6ip6";
  return undefined;
}

/** The first IP header; missing in packets that are not IP. */
export function outerIp(packet: Packet): IpLayer | undefined {
  for (const layer of packet.layers) if (isIp(layer)) return layer;
  return undefined;
}

/**
 * The IP header of the traffic itself: the innermost one, the same as the outer one on plain packets. Missing where
 * the encapsulated packet is not IP, is encrypted, or was cut before its IP header.
 */
export function innerIp(packet: Packet): IpLayer | undefined {
  const { layers } = packet;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    if (layer === undefined || hidesInner(layer)) return undefined;
    if (isIp(layer)) return ipInIpForm(layer) === undefined ? layer : undefined;
  }
  return undefined;
}

/** The header that follows the inner IP header: TCP, UDP, ICMP or ICMPv6; missing where there is none or it is cut. */
export function transport(packet: Packet): TransportLayer | undefined {
  const { layers } = packet;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    if (layer === undefined || hidesInner(layer) || isIp(layer)) return undefined;
    if (isTransport(layer)) return layer;
  }
  return undefined;
}

/** The outermost VXLAN header; missing in packets without. */
export function vxlanOf(packet: Packet): Vxlan | undefined {
  for (const layer of packet.layers) if (layer.kind === "vxlan") return layer;
  return undefined;
}

/** UDP port to which a packet went that looks like VXLAN at a port that is none of VXLAN's; missing in all others. */
export function suspectedVxlanPort({ layers }: Packet): number | undefined {
  const last = layers.at(-1);
  if (last?.kind !== "tunnel" || last.form !== "suspected-vxlan") return undefined;
  return layers.findLast((layer) => layer.kind === "udp")?.destinationPort;
}

/** The Ethernet header inside the outermost VXLAN header; missing in packets without. */
export function innerEthernet(packet: Packet): Ethernet | undefined {
  const { layers } = packet;
  for (let index = 0; index < layers.length; index += 1) {
    if (layers[index]?.kind !== "vxlan") continue;
    const next = layers[index + 1];
    return next?.kind === "ethernet" ? next : undefined;
  }
  return undefined;
}

/**
 * Bytes that encapsulation adds to this packet: outer minus inner IP length; 0 for plain, missing where inner is cut. Of a first
 * fragment, whose outer length is its own, and where an inner length lies, the headers between the two are counted.
 */
export function overheadOf(packet: Packet): number | undefined {
  const outer = outerIp(packet);
  const inner = innerIp(packet);
  if (outer === undefined || inner === undefined) return undefined;
  if (outer === inner) return 0;
  // What is inside was read elsewhere, perhaps before it was cut into several (GSO).
  if (formOf(packet) === "wireguard") return Math.max(0, outer.length - inner.length);
  const difference = outer.length - inner.length;
  const between = inner.start - outer.start;
  if (difference >= between && !isFirstFragment(outer)) return difference;
  return outer.kind === "ipv6" && outer.fragment !== undefined ? between - fragmentHeaderLength : between;
}

/** RFC 8200 section 4.5 */
const fragmentHeaderLength = 8;

/** Whether an IP header stands before a part of a packet that is not its first: nothing behind it can be read. */
export function isLaterFragment(ip: IpLayer): boolean {
  return (ip.kind === "ipv4" ? ip.fragmentOffset : (ip.fragment?.offset ?? 0)) > 0;
}

/** Whether an IP header stands before the first part of a packet that was cut on its way. */
export function isFirstFragment(ip: IpLayer): boolean {
  if (ip.kind === "ipv4") return ip.moreFragments && ip.fragmentOffset === 0;
  return ip.fragment?.more === true && ip.fragment.offset === 0;
}

/** The protocol number tells the form of most; of UDP only the first fragment has the ports. */
function formOfNumber(protocol: number): PacketForm {
  return formsOfNumbers.get(protocol) ?? "plain";
}

const formsOfNumbers: ReadonlyMap<number, PacketForm> = new Map<number, PacketForm>([
  [IpProtocol.udp, "unknown"],
  [IpProtocol.gre, "gre"],
  [IpProtocol.esp, "esp"],
  [IpProtocol.ah, "ah"],
  [IpProtocol.udpLite, "unknown"],
  [IpProtocol.etherIp, "etherip"],
  [IpProtocol.l2tp, "l2tp"],
  [IpProtocol.mplsInIp, "mpls-in-ip"],
  [IpProtocol.ethernet, "etherip"],
]);

/** By the names that `truncated` and `malformed` have for tunnels' headers; a port alone proves less than a header. */
const formsOfHeaders: ReadonlyMap<string, PacketForm> = new Map<string, PacketForm>([
  ["vxlan", "vxlan"],
  ["vxlan-gpe", "vxlan-gpe"],
  ["geneve", "geneve"],
  ["gre", "gre"],
  ["gre routing", "gre"],
  ["erspan", "erspan"],
  ["etherip", "etherip"],
  ["esp", "esp"],
  ["ah", "ah"],
  ["stt", "stt"],
  ["gue", "gue"],
  ["lisp", "lisp"],
  ["gtp", "gtp"],
  ["gtp extension", "gtp"],
  ["l2tp", "l2tp"],
  ["teredo", "teredo"],
  ["openvpn", "unknown"],
  ["capwap", "unknown"],
  ["wireguard", "unknown"],
]);

/** Headers that a protocol number announced, which is certain; a port may be anybody's. */
const numberedHeaders: ReadonlySet<string> = new Set(["gre", "gre routing", "erspan", "etherip", "esp"]);

/** A tunnel's header, or the reason for which it could not be read; AH alone leaves the traffic's own header before it. */
function hidesInner(layer: Layer): boolean {
  switch (layer.kind) {
    case "vxlan":
      return true;
    case "tunnel":
      return layer.form !== "ah";
    case "truncated":
      return formsOfHeaders.has(layer.protocol) && layer.protocol !== "ah";
    case "malformed":
      return numberedHeaders.has(layer.protocol);
    default:
      return false;
  }
}

function isIp(layer: Layer): layer is IpLayer {
  return layer.kind === "ipv4" || layer.kind === "ipv6";
}

function isTransport(layer: Layer): layer is TransportLayer {
  return layer.kind === "udp" || layer.kind === "tcp" || layer.kind === "icmp" || layer.kind === "icmpv6";
}
