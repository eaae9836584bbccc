import type { Protocol } from "./cursor.ts";

/** What an IP header announces in its protocol or next header field (IANA protocol numbers). */
export const IpProtocol = {
  icmp: 1,
  /** IPv4 in IP: RFC 2003, Calico's IPIP. */
  ipv4: 4,
  tcp: 6,
  udp: 17,
  /** IPv6 in IP: RFC 4213. */
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
} as const;

/** Protocols that carry packets, beside IP itself (IANA). */
const tunnels: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [IpProtocol.gre, "gre"],
  [IpProtocol.esp, "esp"],
  [IpProtocol.ah, "ah"],
  [97, "etherip"],
  [115, "l2tp-in-ip"],
  [137, "mpls-in-ip"],
  [143, "ethernet-in-ip"],
  [103, "pim"],
  [55, "opaque-in-ip"],
  [94, "opaque-in-ip"],
  [98, "opaque-in-ip"],
  [136, "udp-lite"],
  [108, "opaque-in-ip"],
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
  1: "ICMP",
  2: "IGMP",
  4: "IPv4",
  6: "TCP",
  17: "UDP",
  41: "IPv6",
  47: "GRE",
  50: "ESP",
  51: "AH",
  55: "minimal encapsulation",
  58: "ICMPv6",
  88: "EIGRP",
  89: "OSPF",
  94: "IPIP (KA9Q)",
  97: "EtherIP",
  98: "ENCAP",
  103: "PIM",
  108: "IPComp",
  112: "VRRP",
  115: "L2TPv3",
  132: "SCTP",
  136: "UDP-Lite",
  137: "MPLS",
  143: "Ethernet",
};

/** The usual name of an IP protocol number, or "protocol 253". */
export function ipProtocolName(protocol: number): string {
  return names[protocol] ?? `protocol ${protocol}`;
}
