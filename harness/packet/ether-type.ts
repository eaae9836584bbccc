import type { Protocol } from "./cursor.ts";

/** What an EtherType announces (IEEE 802 numbers, as registered with IANA). */
export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  /** Outer tag of 802.1ad (QinQ). */
  serviceVlan: 0x88a8,
  /** Outer tag of QinQ before 802.1ad. */
  oldServiceVlan: 0x9100,
} as const;

/** Names the decoder for an EtherType; what is not known stays payload. */
export function protocolOfEtherType(etherType: number): Protocol {
  switch (etherType) {
    case EtherType.ipv4:
      return "ipv4";
    case EtherType.ipv6:
      return "ipv6";
    case EtherType.arp:
      return "arp";
    case EtherType.vlan:
    case EtherType.serviceVlan:
    case EtherType.oldServiceVlan:
      return "vlan";
    default:
      return "payload";
  }
}
