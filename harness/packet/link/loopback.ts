import { uint16, uint32, uint8 } from "../bytes.ts";
import { has, opaque, type Cursor, type Protocol } from "../cursor.ts";

/** Numbers of address families: IPv4 everywhere 2; IPv6 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs and macOS. */
function protocolOfFamily(cursor: Cursor, family: number): Protocol {
  switch (family) {
    case 2:
      return "ipv4";
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return "ipv6";
    case 7:
      return opaque(cursor, "OSI");
    default:
      return opaque(cursor, `address family ${family}`);
  }
}

/** Decodes the BSDs' and macOS's loopback (LINKTYPE_NULL, LINKTYPE_LOOP): a family in whichever byte order. */
export function decodeLoopback(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "loopback")) return "payload";
  const family = familyAt(cursor);
  cursor.offset += 4;
  return protocolOfFamily(cursor, family);
}

/** Decodes OpenBSD's view of IPsec after decryption (LINKTYPE_ENC): family, SPI, flags. */
export function decodeEnc(cursor: Cursor): Protocol {
  if (!has(cursor, 12, "enc")) return "payload";
  const family = familyAt(cursor);
  const spi = uint32(cursor.bytes, cursor.offset + 4);
  cursor.layers.push({ kind: "shim", name: "ENC", detail: `spi 0x${spi.toString(16).padStart(8, "0")}` });
  cursor.offset += 12;
  return protocolOfFamily(cursor, family);
}

/** Families are small numbers: in the other byte order they would fill the upper half. */
function familyAt({ bytes, offset }: Cursor): number {
  const high = uint16(bytes, offset);
  return high === 0 ? uint16(bytes, offset + 2) : uint8(bytes, offset) | (uint8(bytes, offset + 1) << 8);
}

/*
 * NFLOG (LINKTYPE_NFLOG, 239; https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html): family, version 0, resource id,
 * then TLVs padded to 4 bytes: length and type in the byte order of the machine that captured
 */
const nflog = { headerLength: 4, tlvLength: 4, payload: 9, prefix: 10 } as const;

/** NFPROTO_ARP in linux/netfilter.h: arptables logs, too. */
const arpFamily = 3;

/** Decodes what `iptables -j NFLOG` sent, which Calico's log action uses: the packet is in one of its TLVs. */
export function decodeNflog(cursor: Cursor): Protocol {
  if (!has(cursor, nflog.headerLength, "nflog")) return "payload";
  const family = uint8(cursor.bytes, cursor.offset);
  cursor.offset += nflog.headerLength;
  while (has(cursor, nflog.tlvLength, "nflog")) {
    const { length, type } = tlvAt(cursor);
    if (type === nflog.payload) {
      cursor.layers.push({ kind: "shim", name: "NFLOG", detail: `family ${family}` });
      cursor.offset += nflog.tlvLength;
      return family === arpFamily ? "arp" : "raw";
    }
    cursor.offset += Math.max(nflog.tlvLength, (length + 3) & ~3);
  }
  return "payload";
}

function tlvAt({ bytes, offset, end }: Cursor): { readonly length: number; readonly type: number } {
  const little = (at: number) => uint8(bytes, at) | (uint8(bytes, at + 1) << 8);
  const length = little(offset);
  const type = little(offset + 2);
  const fits = length >= nflog.tlvLength && offset + length <= end && type < 256;
  return fits ? { length, type } : { length: uint16(bytes, offset), type: uint16(bytes, offset + 2) };
}
