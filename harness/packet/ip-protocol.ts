import type { Protocol } from "./cursor.ts";

/** What an IP header announces in its protocol or next header field (IANA protocol numbers). */
export const IpProtocol = {
  icmp: 1,
  igmp: 2,
  /** IPv4 in IP: RFC 2003, Calico's IPIP. */
  ipv4: 4,
  tcp: 6,
  udp: 17,
  /** IPv6 in IP: RFC 4213. */
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  /** Minimal IPv4 encapsulation: RFC 2004. */
  minIpv4: 55,
  icmpv6: 58,
  eigrp: 88,
  ospf: 89,
  /** What IANA calls IPIP is KA9Q's, deprecated; Calico's is 4. */
  ipipKa9q: 94,
  /** RFC 3378 */
  etherIp: 97,
  /** RFC 1241 */
  encap: 98,
  pim: 103,
  ipComp: 108,
  vrrp: 112,
  /** L2TPv3 without UDP: RFC 3931. */
  l2tp: 115,
  sctp: 132,
  udpLite: 136,
  /** RFC 4023 */
  mplsInIp: 137,
  /** RFC 8986 */
  ethernet: 143,
} as const;

/** Protocols that carry packets, beside IP itself (IANA). */
const tunnels: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [IpProtocol.gre, "gre"],
  [IpProtocol.esp, "esp"],
  [IpProtocol.ah, "ah"],
  [IpProtocol.etherIp, "etherip"],
  [IpProtocol.l2tp, "l2tp-in-ip"],
  [IpProtocol.mplsInIp, "mpls-in-ip"],
  [IpProtocol.ethernet, "ethernet-in-ip"],
  [IpProtocol.pim, "pim"],
  [IpProtocol.minIpv4, "opaque-in-ip"],
  [IpProtocol.ipipKa9q, "opaque-in-ip"],
  [IpProtocol.encap, "opaque-in-ip"],
  [IpProtocol.udpLite, "udp-lite"],
  [IpProtocol.ipComp, "opaque-in-ip"],
]);

/** Names the decoder for an IP protocol number; what is not known stays payload. */
export function protocolOfIp(protocol: number): Protocol {
  switch (protocol) {
    case IpProtocol.udp:
      return "udp";
    case IpProtocol.tcp:
      return "tcp";
    case IpProtocol.icmp:
      return "icmp";
    case IpProtocol.ipv4:
      return "ipv4";
    case IpProtocol.icmpv6:
      return "icmpv6";
    case IpProtocol.ipv6:
      return "ipv6";
    default:
      return tunnels.get(protocol) ?? "payload";
  }
}

const names: Readonly<Record<number, string>> = {
  [IpProtocol.icmp]: "ICMP",
  [IpProtocol.igmp]: "IGMP",
  [IpProtocol.ipv4]: "IPv4",
  [IpProtocol.tcp]: "TCP",
  [IpProtocol.udp]: "UDP",
  [IpProtocol.ipv6]: "IPv6",
  [IpProtocol.gre]: "GRE",
  [IpProtocol.esp]: "ESP",
  [IpProtocol.ah]: "AH",
  [IpProtocol.minIpv4]: "minimal encapsulation",
  [IpProtocol.icmpv6]: "ICMPv6",
  [IpProtocol.eigrp]: "EIGRP",
  [IpProtocol.ospf]: "OSPF",
  [IpProtocol.ipipKa9q]: "IPIP (KA9Q)",
  [IpProtocol.etherIp]: "EtherIP",
  [IpProtocol.encap]: "ENCAP",
  [IpProtocol.pim]: "PIM",
  [IpProtocol.ipComp]: "IPComp",
  [IpProtocol.vrrp]: "VRRP",
  [IpProtocol.l2tp]: "L2TPv3",
  [IpProtocol.sctp]: "SCTP",
  [IpProtocol.udpLite]: "UDP-Lite",
  [IpProtocol.mplsInIp]: "MPLS",
  [IpProtocol.ethernet]: "Ethernet",
};

/** The usual name of an IP protocol number, or "protocol 253". */
export function ipProtocolName(protocol: number): string {
  return names[protocol] ?? `protocol ${protocol}`;
}
