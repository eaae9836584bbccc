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
  icmpv6: 58,
} as const;

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
      return "payload";
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
  58: "ICMPv6",
  89: "OSPF",
  112: "VRRP",
  132: "SCTP",
};

/** The usual name of an IP protocol number, or "protocol 253". */
export function ipProtocolName(protocol: number): string {
  return names[protocol] ?? `protocol ${protocol}`;
}
