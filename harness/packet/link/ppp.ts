import { uint16, uint8 } from "../bytes.ts";
import { has, opaque, type Cursor, type Protocol } from "../cursor.ts";
import { decodeHdlc } from "./hdlc.ts";

/*
 * PPP (RFC 1661), after the address and control bytes of HDLC framing (RFC 1662) where those were not left out
 *
 *  +------+------+---------------+----
 *  | 0xff | 0x03 |    protocol   | payload        protocol: one byte where it is odd and compressed
 *  +------+------+---------------+----
 */
const names: Readonly<Record<number, string>> = {
  0x003d: "PPP multilink",
  0x0053: "PPP encryption",
  0x00fd: "PPP compression",
  0x8021: "IPCP",
  0x8057: "IPV6CP",
  0x80fd: "CCP",
  0xc021: "LCP",
  0xc023: "PAP",
  0xc025: "link quality report",
  0xc223: "CHAP",
  0xc227: "EAP",
};

/** Decodes PPP, with or without the framing's bytes; Cisco's HDLC shares a link type with it. */
export function decodePpp(cursor: Cursor): Protocol {
  if (!has(cursor, 2, "ppp")) return "payload";
  const start = uint16(cursor.bytes, cursor.offset);
  if (start === 0x0f00 || start === 0x8f00) return decodeHdlc(cursor);
  if (start === 0xff03) cursor.offset += 2;
  if (!has(cursor, 2, "ppp")) return "payload";
  const compressed = (uint8(cursor.bytes, cursor.offset) & 1) === 1;
  const protocol = compressed ? uint8(cursor.bytes, cursor.offset) : uint16(cursor.bytes, cursor.offset);
  cursor.offset += compressed ? 1 : 2;
  cursor.layers.push({ kind: "shim", name: "PPP", detail: `protocol 0x${protocol.toString(16).padStart(4, "0")}` });
  return protocolOfPpp(cursor, protocol);
}

/** Decodes one byte of direction, then PPP (LINKTYPE_PPP_PPPD, LINKTYPE_PPP_WITH_DIR). */
export function decodeDirectedPpp(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "ppp")) return "payload";
  cursor.offset += 1;
  return "ppp";
}

/**
 * Decodes PPPoE's session header (RFC 2516): version and type, code, session id, length; PPP without framing follows.
 */
export function decodePppoe(cursor: Cursor): Protocol {
  if (!has(cursor, 6, "pppoe")) return "payload";
  const session = uint16(cursor.bytes, cursor.offset + 2);
  cursor.layers.push({ kind: "shim", name: "PPPoE", detail: `session ${session}` });
  cursor.offset += 6;
  return "ppp";
}

function protocolOfPpp(cursor: Cursor, protocol: number): Protocol {
  switch (protocol) {
    case 0x0021:
      return "ipv4";
    case 0x0057:
      return "ipv6";
    case 0x0281:
    case 0x0283:
      return "mpls";
    default: {
      const number = `PPP protocol 0x${protocol.toString(16).padStart(4, "0")}`;
      const name = names[protocol];
      return opaque(cursor, name === undefined ? number : `${name} (${number})`);
    }
  }
}
