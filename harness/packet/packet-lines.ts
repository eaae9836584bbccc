import type { Arp } from "./link/arp.ts";
import { IcmpType, type Icmp } from "./icmp.ts";
import { Icmpv6Type, type Icmpv6 } from "./icmpv6.ts";
import { ipProtocolName } from "./ip-protocol.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { Layer } from "./layer.ts";
import type { Packet } from "./packet.ts";
import type { Tcp } from "./tcp.ts";
import { vniValidFlag, type Vxlan } from "./tunnel/vxlan.ts";

/** Writes a packet for people: one line per header, outermost first, those that an ICMP error quotes at the end. */
export function packetLines(packet: Packet): string[] {
  return [...packet.layers.map(layerLine), ...packet.quoted.map((layer) => `quotes ${layerLine(layer)}`)];
}

/** Writes one header: what tells it apart, no more than a line. */
export function layerLine(layer: Layer): string {
  switch (layer.kind) {
    case "ethernet":
      return `Ethernet ${layer.source} > ${layer.destination} type ${hex(layer.etherType, 4)}`;
    case "vlan":
      return `VLAN ${layer.id}${layer.priority === 0 ? "" : ` priority ${layer.priority}`} type ${hex(layer.etherType, 4)}`;
    case "sll2":
      return `SLL2 interface ${layer.interfaceIndex} ${layer.packetType} ${layer.source}`.trimEnd();
    case "sll":
      return `SLL ${layer.packetType} ${layer.source}`.trimEnd();
    case "arp":
      return arpLine(layer);
    case "ipv4":
      return ipv4Line(layer);
    case "ipv6":
      return ipv6Line(layer);
    case "udp":
      return `UDP ${layer.sourcePort} > ${layer.destinationPort} len ${layer.length}`;
    case "tcp":
      return tcpLine(layer);
    case "icmp":
      return icmpLine(layer);
    case "icmpv6":
      return icmpv6Line(layer);
    case "vxlan":
      return vxlanLine(layer);
    case "tunnel":
      return layer.text;
    case "shim":
      return `${layer.name} ${layer.detail}`.trimEnd();
    case "opaque":
      return `not decoded: ${layer.name}`;
    case "mismatch":
      return `no ${layer.protocol}: ${layer.reason}`;
    case "malformed":
    case "truncated":
      return `${layer.kind} ${layer.protocol}: ${layer.reason}`;
  }
}

function arpLine(arp: Arp): string {
  if (arp.operation === 1) return `ARP who has ${arp.targetIp}, tell ${arp.senderIp} (${arp.senderMac})`;
  if (arp.operation === 2) return `ARP ${arp.senderIp} is at ${arp.senderMac}`;
  return `ARP operation ${arp.operation} ${arp.senderIp} > ${arp.targetIp}`;
}

function ipv4Line(ip: Ipv4): string {
  const fragment = fragmentText(ip.fragmentOffset, ip.moreFragments, ip.identification);
  const options = ip.headerLength > 20 ? ` options ${ip.headerLength - 20}` : "";
  const df = ip.dontFragment ? " DF" : "";
  const protocol = `proto ${ipProtocolName(ip.protocol)}`;
  return `IPv4 ${ip.source} > ${ip.destination} ttl ${ip.ttl} len ${ip.length}${df}${options}${fragment} ${protocol}`;
}

function ipv6Line(ip: Ipv6): string {
  const { fragment } = ip;
  const part = fragment === undefined ? "" : fragmentText(fragment.offset, fragment.more, fragment.identification);
  const extensions = ip.headerLength > 40 ? ` extensions ${ip.headerLength - 40}` : "";
  const protocol = `proto ${ipProtocolName(ip.protocol)}`;
  return `IPv6 ${ip.source} > ${ip.destination} hlim ${ip.ttl} len ${ip.length}${extensions}${part} ${protocol}`;
}

function fragmentText(offset: number, more: boolean, identification: number): string {
  return offset === 0 && !more ? "" : ` fragment ${identification}@${offset}${more ? "+" : ""}`;
}

function tcpLine(tcp: Tcp): string {
  const mss = tcp.maximumSegmentSize;
  const numbers = `seq ${tcp.sequence} ack ${tcp.acknowledgment} win ${tcp.window}`;
  return `TCP ${tcp.sourcePort} > ${tcp.destinationPort} [${tcp.flagText}] ${numbers}${mss === undefined ? "" : ` mss ${mss}`}`;
}

function vxlanLine(vxlan: Vxlan): string {
  return `VXLAN vni ${vxlan.vni}${vxlan.flags === vniValidFlag ? "" : ` flags ${hex(vxlan.flags, 2)}`}`;
}

const icmpNames: Readonly<Record<number, string>> = {
  [IcmpType.echoReply]: "echo reply",
  [IcmpType.unreachable]: "unreachable",
  [IcmpType.sourceQuench]: "source quench",
  [IcmpType.redirect]: "redirect",
  [IcmpType.echoRequest]: "echo request",
  [IcmpType.timeExceeded]: "time exceeded",
  [IcmpType.parameterProblem]: "parameter problem",
};

function icmpLine(icmp: Icmp): string {
  const name = icmpNames[icmp.type] ?? `type ${icmp.type}`;
  if (icmp.isEcho) return `ICMP ${name} id ${icmp.identifier} seq ${icmp.sequence}`;
  const mtu = icmp.nextHopMtu;
  return mtu === undefined ? `ICMP ${name} code ${icmp.code}` : `ICMP fragmentation needed, mtu ${mtu}`;
}

const icmpv6Names: Readonly<Record<number, string>> = {
  [Icmpv6Type.unreachable]: "unreachable",
  [Icmpv6Type.packetTooBig]: "packet too big",
  [Icmpv6Type.timeExceeded]: "time exceeded",
  [Icmpv6Type.parameterProblem]: "parameter problem",
  [Icmpv6Type.echoRequest]: "echo request",
  [Icmpv6Type.echoReply]: "echo reply",
  [Icmpv6Type.routerSolicitation]: "router solicitation",
  134: "router advertisement",
  [Icmpv6Type.neighborSolicitation]: "neighbor solicitation",
  [Icmpv6Type.neighborAdvertisement]: "neighbor advertisement",
  [Icmpv6Type.redirect]: "redirect",
  143: "multicast listener report",
};

function icmpv6Line(icmp: Icmpv6): string {
  const name = icmpv6Names[icmp.type] ?? `type ${icmp.type}`;
  if (icmp.isEcho) return `ICMPv6 ${name} id ${icmp.identifier} seq ${icmp.sequence}`;
  const { target, nextHopMtu } = icmp;
  if (target !== undefined) return `ICMPv6 ${name} ${target}`;
  if (nextHopMtu !== undefined) return `ICMPv6 ${name}, mtu ${nextHopMtu}`;
  return icmp.isError ? `ICMPv6 ${name} code ${icmp.code}` : `ICMPv6 ${name}`;
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
