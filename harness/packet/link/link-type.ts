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
const tellTshark = "tell tshark what it is: -o 'uat:user_dlts:...'";
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
  122: { name: "IP over Fibre Channel (RFC 2625)", fix: look },
  123: { name: "SunATM", fix: atm },
  127: { name: "802.11 (Wi-Fi) with a radiotap header", fix: wifi },
  138: { name: "IP over FireWire", fix: look },
  143: { name: "DOCSIS", fix: look },
  144: { name: "Linux IrDA", fix: look },
  163: { name: "802.11 (Wi-Fi) with an AVS header", fix: wifi },
  165: { name: "BACnet MS/TP", fix: look },
  177: { name: "Linux LAPD", fix: look },
  187: { name: "Bluetooth HCI", fix: look },
  189: { name: "USB", fix: look },
  192: { name: "PPI (802.11, mostly)", fix: wifi },
  195: { name: "802.15.4", fix: look },
  197: { name: "ERF of Endace", fix: look },
  201: { name: "Bluetooth HCI with direction", fix: look },
  209: { name: "IPMB", fix: look },
  215: { name: "802.15.4 with the physical layer", fix: look },
  220: { name: "USB", fix: look },
  224: { name: "Fibre Channel", fix: look },
  225: { name: "Fibre Channel with delimiters", fix: look },
  227: { name: "SocketCAN", fix: look },
  230: { name: "802.15.4 without checksum", fix: look },
  231: { name: "D-Bus", fix: look },
  235: { name: "DVB-CI", fix: look },
  236: { name: "MUX27010", fix: look },
  240: { name: "Hilscher netANALYZER", fix: look },
  242: { name: "IP over InfiniBand", fix: look },
  243: { name: "MPEG-2 transport stream", fix: look },
  247: { name: "InfiniBand", fix: look },
  248: { name: "SCTP without IP", fix: look },
  249: { name: "USBPcap", fix: look },
  251: { name: "Bluetooth LE", fix: look },
  252: { name: "Wireshark's exported PDUs", fix: "export from the original capture instead: it holds no IP headers." },
  253: { name: "Linux netlink", fix: "tshark -r FILE; it holds messages to the kernel, no packets." },
  254: { name: "Bluetooth Linux monitor", fix: look },
  255: { name: "Bluetooth BR/EDR baseband", fix: look },
  256: { name: "Bluetooth LE with a radio header", fix: look },
  258: { name: "Apple PKTAP", fix: look },
  264: { name: "ISO 14443 (NFC)", fix: look },
  265: { name: "Radio Data System", fix: look },
  266: { name: "USB of macOS", fix: look },
  271: { name: "Linux vsock", fix: "tshark -r FILE; it holds messages between a VM and its host, no packets." },
  272: { name: "Nordic BLE", fix: look },
  274: { name: "Ethernet with its preamble (802.3br)", fix: look },
  279: { name: "EBHSCR", fix: look },
  280: { name: "VPP's dispatch trace", fix: look },
  281: {
    name: "Broadcom's switch tag",
    fix: "capture on a port of the switch (lan1), not on the interface behind it (eth0).",
  },
  283: { name: "802.15.4 TAP", fix: look },
  284: {
    name: "Marvell's switch tag (DSA)",
    fix: "capture on a port of the switch (lan1), not on the interface behind it (eth0).",
  },
  285: {
    name: "Marvell's switch tag (EDSA)",
    fix: "capture on a port of the switch (lan1), not on the interface behind it (eth0).",
  },
  286: { name: "ELEE", fix: look },
  287: { name: "Z-Wave", fix: look },
  288: { name: "USB 2.0", fix: look },
  289: { name: "ATSC ALP", fix: look },
  290: {
    name: "Event Tracing for Windows",
    fix: "etl2pcapng in.etl out.pcapng makes a capture of what `netsh trace` wrote.",
  },
};

/** Says what a link type that is not decoded is, and how to get at what is in it. */
export function foreignLink(linkType: number): ForeignLink {
  // LINKTYPE_USER0 to LINKTYPE_USER15
  if (linkType >= 147 && linkType <= 162) return { name: `USER${linkType - 147} (private use)`, fix: tellTshark };
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
