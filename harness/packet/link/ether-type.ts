import { narrow, opaque, type Cursor, type Protocol } from "../cursor.ts";

/** What an EtherType announces (IEEE 802 numbers, as registered with IANA and the IEEE). */
export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  trill: 0x22f3,
  /** An Ethernet frame: Transparent Ethernet Bridging, in GRE and Geneve (RFC 1701, RFC 8926). */
  ethernet: 0x6558,
  vlan: 0x8100,
  ipv6: 0x86dd,
  ppp: 0x880b,
  mpls: 0x8847,
  mplsUpstream: 0x8848,
  pppoeSession: 0x8864,
  /** Outer tag of 802.1ad (QinQ). */
  serviceVlan: 0x88a8,
  macsec: 0x88e5,
  /** I-TAG of provider backbone bridges, 802.1ah. */
  backbone: 0x88e7,
  fabricPath: 0x8903,
  ciscoMetadata: 0x8909,
  vnTag: 0x8926,
  hsr: 0x892f,
  eTag: 0x893f,
  nsh: 0x894f,
  /** Outer tags of QinQ before 802.1ad, by maker. */
  oldServiceVlan: 0x9100,
  oldServiceVlan2: 0x9200,
  oldServiceVlan3: 0x9300,
  /** LLC in frames too long for a length field (draft-ietf-isis-ext-eth). */
  jumboLlc: 0x8870,
  /** 802.1CB */
  redundancyTag: 0xf1c1,
} as const;

/** From here on the field is an EtherType; below, it is the length of an 802.3 frame (IEEE 802.3 3.2.6). */
export const firstEtherType = 0x0600;

const protocols: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [EtherType.trill, "trill"],
  [EtherType.ethernet, "ethernet"],
  [EtherType.ppp, "ppp"],
  [EtherType.mpls, "mpls"],
  [EtherType.mplsUpstream, "mpls"],
  [EtherType.pppoeSession, "pppoe"],
  [EtherType.macsec, "macsec"],
  [EtherType.backbone, "backbone"],
  [EtherType.fabricPath, "fabric-path"],
  [EtherType.ciscoMetadata, "tag"],
  [EtherType.vnTag, "tag"],
  [EtherType.hsr, "tag"],
  [EtherType.eTag, "tag"],
  [EtherType.redundancyTag, "tag"],
  [EtherType.nsh, "nsh"],
  [EtherType.jumboLlc, "llc"],
]);

/** Names the decoder for an EtherType; what is not known is named and ends the walk. */
export function protocolOfEtherType(cursor: Cursor, etherType: number): Protocol {
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
    case EtherType.oldServiceVlan2:
    case EtherType.oldServiceVlan3:
      return "vlan";
    default:
      return protocols.get(etherType) ?? opaque(cursor, etherTypeName(etherType));
  }
}

/** The same for the field of a frame or tag, which is a length in 802.3's frames: then LLC follows. */
export function protocolOfTypeOrLength(cursor: Cursor, value: number): Protocol {
  if (value >= firstEtherType) return protocolOfEtherType(cursor, value);
  narrow(cursor, cursor.offset + value, "802.3");
  return "llc";
}

/** Whether anything is registered under an EtherType, as far as it is known here. */
export function isKnownEtherType(etherType: number): boolean {
  return protocols.has(etherType) || names[etherType] !== undefined || isVlan(etherType);
}

function isVlan(etherType: number): boolean {
  const { vlan, serviceVlan, oldServiceVlan, oldServiceVlan2, oldServiceVlan3 } = EtherType;
  return [vlan, serviceVlan, oldServiceVlan, oldServiceVlan2, oldServiceVlan3].some((type) => type === etherType);
}

const names: Readonly<Record<number, string>> = {
  0x0805: "X.25",
  0x0842: "Wake-on-LAN",
  0x22ea: "SRP",
  0x22f0: "AVTP",
  0x2000: "CDP",
  0x2003: "VTP",
  0x2004: "DTP",
  0x6002: "DEC MOP",
  0x6003: "DECnet",
  0x8035: "RARP",
  0x809b: "AppleTalk",
  0x80f3: "AppleTalk ARP",
  0x8137: "IPX",
  0x8808: "Ethernet flow control",
  0x8809: "LACP",
  0x8863: "PPPoE discovery",
  0x887b: "HomePlug",
  0x888e: "802.1X",
  0x8892: "PROFINET",
  0x88a2: "ATA over Ethernet",
  0x88a4: "EtherCAT",
  0x88b7: "OUI extended",
  0x88b8: "GOOSE",
  0x88ba: "IEC 61850 sampled values",
  0x88cc: "LLDP",
  0x88e1: "HomePlug AV",
  0x88f5: "MVRP",
  0x88f7: "PTP",
  0x8902: "CFM",
  0x8906: "FCoE",
  0x8914: "FCoE initialization",
  0x8915: "RoCE",
  0x8999: "Realtek",
  0x9000: "Ethernet loopback",
};

/** "LLDP (EtherType 0x88cc)", or the number alone. */
export function etherTypeName(etherType: number): string {
  const number = `EtherType 0x${etherType.toString(16).padStart(4, "0")}`;
  const name = names[etherType];
  return name === undefined ? number : `${name} (${number})`;
}
