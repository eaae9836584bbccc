import { uint16, uint24, uint8 } from "../bytes.ts";
import { has, opaque, type Cursor, type Protocol } from "../cursor.ts";
import { EtherType, protocolOfEtherType } from "./ether-type.ts";

/** Tags that stand between two EtherTypes: bytes between them, and their names. */
const tags: ReadonlyMap<number, { readonly length: number; readonly name: string }> = new Map([
  [EtherType.vnTag, { length: 4, name: "VN-Tag" }],
  // IEEE 802.1BR
  [EtherType.eTag, { length: 6, name: "E-Tag" }],
  // Version, length, option and security group of TrustSec.
  [EtherType.ciscoMetadata, { length: 6, name: "Cisco metadata" }],
  // IEC 62439-3: path, size and sequence number.
  [EtherType.hsr, { length: 4, name: "HSR" }],
  [EtherType.redundancyTag, { length: 4, name: "R-TAG" }],
]);

/** Decodes a tag of a switch: whatever it says, another EtherType follows. The EtherType before it tells which it is. */
export function decodeTag(cursor: Cursor): Protocol {
  const tag = tags.get(uint16(cursor.bytes, cursor.offset - 2)) ?? { length: 4, name: "tag" };
  if (!has(cursor, tag.length + 2, tag.name)) return "payload";
  const type = uint16(cursor.bytes, cursor.offset + tag.length);
  cursor.layers.push({ kind: "shim", name: tag.name, detail: typeText(type) });
  cursor.offset += tag.length + 2;
  return protocolOfEtherType(cursor, type);
}

/** Decodes the I-TAG of a provider backbone bridge (802.1ah): flags and service id, then the customer's whole frame. */
export function decodeBackbone(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "802.1ah")) return "payload";
  const service = uint24(cursor.bytes, cursor.offset + 1);
  cursor.layers.push({ kind: "shim", name: "802.1ah", detail: `service ${service}` });
  cursor.offset += 4;
  return "ethernet";
}

/** Decodes FabricPath's tag and TTL; the outer addresses of the frame are the fabric's, the hosts' frame follows. */
export function decodeFabricPath(cursor: Cursor): Protocol {
  if (!has(cursor, 2, "FabricPath")) return "payload";
  const word = uint16(cursor.bytes, cursor.offset);
  cursor.layers.push({ kind: "shim", name: "FabricPath", detail: `tag ${word >> 6} ttl ${word & 0x3f}` });
  cursor.offset += 2;
  return "ethernet";
}

/** Decodes TRILL (RFC 6325 section 3): flags with the length of options in words, egress and ingress; a frame follows. */
export function decodeTrill(cursor: Cursor): Protocol {
  if (!has(cursor, 6, "TRILL")) return "payload";
  const word = uint16(cursor.bytes, cursor.offset);
  const length = 6 + ((word >> 6) & 0x1f) * 4;
  if (!has(cursor, length, "TRILL")) return "payload";
  cursor.layers.push({ kind: "shim", name: "TRILL", detail: `hops ${word & 0x3f}` });
  cursor.offset += length;
  return "ethernet";
}

/*
 * MACsec's SecTAG (IEEE 802.1AE 9.3): TCI and AN, short length, packet number (4), channel (8) where the SC bit is set;
 * a checksum of 16 bytes ends the frame
 */
const macsec = { channelBit: 0x20, encryptedBits: 0x0c, shortLength: 6, channelLength: 8, checksumLength: 16 } as const;

/** Decodes MACsec; what is only signed can be read, what is encrypted is named. */
export function decodeMacsec(cursor: Cursor): Protocol {
  if (!has(cursor, macsec.shortLength, "MACsec")) return "payload";
  const control = uint8(cursor.bytes, cursor.offset);
  const encrypted = (control & macsec.encryptedBits) !== 0;
  const length = macsec.shortLength + ((control & macsec.channelBit) === 0 ? 0 : macsec.channelLength);
  if (encrypted) return opaque(cursor, "MACsec, encrypted (EtherType 0x88e5)");
  if (!has(cursor, length + 2, "MACsec")) return "payload";
  const type = uint16(cursor.bytes, cursor.offset + length);
  cursor.layers.push({ kind: "shim", name: "MACsec", detail: `integrity only, ${typeText(type)}` });
  cursor.offset += length + 2;
  cursor.end = Math.max(cursor.offset, cursor.end - macsec.checksumLength);
  return protocolOfEtherType(cursor, type);
}

/**
 * Decodes a network service header (RFC 8300): length in words, next protocol, service path and index.
 */
export function decodeNsh(cursor: Cursor): Protocol {
  if (!has(cursor, 8, "NSH")) return "payload";
  const { bytes, offset } = cursor;
  const length = Math.max(8, (uint16(bytes, offset) & 0x3f) * 4);
  if (!has(cursor, length, "NSH")) return "payload";
  const path = `path ${uint24(bytes, offset + 4)} index ${uint8(bytes, offset + 7)}`;
  cursor.layers.push({ kind: "shim", name: "NSH", detail: path });
  cursor.offset += length;
  return protocolOfNext(cursor, uint8(bytes, offset + 3));
}

/** What follows NSH and VXLAN-GPE, which share their numbers (RFC 8300 section 2.2, draft-ietf-nvo3-vxlan-gpe). */
export function protocolOfNext(cursor: Cursor, next: number): Protocol {
  const protocols: readonly (Protocol | undefined)[] = [undefined, "ipv4", "ipv6", "ethernet", "nsh", "mpls"];
  return protocols[next] ?? opaque(cursor, `next protocol ${next}`);
}

function typeText(type: number): string {
  return `type 0x${type.toString(16).padStart(4, "0")}`;
}
