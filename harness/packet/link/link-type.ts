import { uint8 } from "../bytes.ts";
import { has, malformed, type Cursor, type Protocol } from "../cursor.ts";

/** Link types that are read or written by name elsewhere (https://www.tcpdump.org/linktypes.html). */
export const LinkType = {
  null: 0,
  ethernet: 1,
  raw: 101,
  sll: 113,
  nflog: 239,
  sll2: 276,
} as const;

const firstProtocols: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [LinkType.null, "bsd-loopback"],
  [LinkType.ethernet, "ethernet"],
  [9, "ppp"],
  // DLT_RAW as some systems write it into files.
  [12, "raw"],
  [14, "raw"],
  [50, "ppp"],
  [51, "pppoe"],
  [LinkType.raw, "raw"],
  [104, "hdlc"],
  [108, "bsd-loopback"],
  [109, "enc"],
  [LinkType.sll, "sll"],
  [166, "directed-ppp"],
  [204, "directed-ppp"],
  [205, "directed-hdlc"],
  [228, "ipv4"],
  [229, "ipv6"],
  [LinkType.nflog, "nflog"],
  [LinkType.sll2, "sll2"],
]);

/** Names the decoder of a packet's first header; missing for link types that are not decoded. */
export function protocolOfLinkType(linkType: number): Protocol | undefined {
  return firstProtocols.get(linkType);
}

/** What a file of a link type that is not decoded holds, and the tool that makes something readable of it. */
export interface ForeignLink {
  readonly name: string;
  readonly fix: string;
}

const wifi = "airdecap-ng -b BSSID FILE writes its data frames as Ethernet (with -e and -p where they are encrypted).";
const look = "tshark -r FILE shows it; no packet of a Calico node's own interfaces has this link type.";
const atm = "tshark -r FILE -w out.pcapng 'ip', or capture behind the ATM interface.";

const foreign: Readonly<Record<number, ForeignLink>> = {
  3: { name: "AX.25", fix: look },
  6: { name: "Token Ring", fix: look },
  7: { name: "ARCNET", fix: look },
  8: { name: "SLIP", fix: look },
  10: { name: "FDDI", fix: look },
  100: { name: "ATM with LLC/SNAP (RFC 1483)", fix: atm },
  105: { name: "802.11 (Wi-Fi)", fix: wifi },
  107: { name: "Frame Relay", fix: look },
  117: { name: "OpenBSD's pflog", fix: "tcpdump -r FILE reads it; capture on the interface itself." },
  119: { name: "802.11 (Wi-Fi) with a Prism header", fix: wifi },
  123: { name: "SunATM", fix: atm },
  127: { name: "802.11 (Wi-Fi) with a radiotap header", fix: wifi },
  138: { name: "IP over FireWire", fix: look },
  143: { name: "DOCSIS", fix: look },
  147: { name: "USER0 (private use)", fix: "tell tshark what it is: -o 'uat:user_dlts:...'" },
  163: { name: "802.11 (Wi-Fi) with an AVS header", fix: wifi },
  187: { name: "Bluetooth HCI", fix: look },
  189: { name: "USB", fix: look },
  192: { name: "PPI (802.11, mostly)", fix: wifi },
  195: { name: "802.15.4", fix: look },
  201: { name: "Bluetooth HCI with direction", fix: look },
  220: { name: "USB", fix: look },
  227: { name: "SocketCAN", fix: look },
  240: { name: "Hilscher netANALYZER", fix: look },
  242: { name: "IP over InfiniBand", fix: look },
  247: { name: "InfiniBand", fix: look },
  249: { name: "USBPcap", fix: look },
  252: { name: "Wireshark's exported PDUs", fix: "export from the original capture instead: it holds no IP headers." },
  253: { name: "Linux netlink", fix: "tshark -r FILE; it holds messages to the kernel, no packets." },
  254: { name: "Bluetooth Linux monitor", fix: look },
};

/** Says what a link type that is not decoded is, and how to get at what is in it. */
export function foreignLink(linkType: number): ForeignLink {
  return (
    foreign[linkType] ?? {
      name: "unknown here",
      fix: "tshark -r FILE may know it; https://www.tcpdump.org/linktypes.html lists them all.",
    }
  );
}

/** Tells IPv4 from IPv6 where the link has no header (tunl0, tun, WireGuard): by the version in the first 4 bits. */
export function decodeRaw(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "raw")) return "payload";
  const version = uint8(cursor.bytes, cursor.offset) >> 4;
  if (version === 4) return "ipv4";
  if (version === 6) return "ipv6";
  return malformed(cursor, "raw", `IP version is ${version}`);
}
