import { uint16, uint32, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { enterTunnel } from "./tunnel.ts";
import { isWholeIp, mayBeIp } from "./whole-ip.ts";

/*
 * GTP-U (3GPP TS 29.281 section 5): flags, message type, length, tunnel endpoint id (TEID); where one of the flags E, S, PN is
 * set, sequence (2), N-PDU (1) and the type of the first extension header (1)
 */
const gtp = { fixedLength: 8, optionalFlags: 0x07, userData: 255 } as const;

/** Decodes GTP-U; its signaling (echo, error indication) is UDP like any other. */
export function decodeGtp(cursor: Cursor): Protocol {
  if (!has(cursor, gtp.fixedLength, "gtp")) return "payload";
  const { bytes, offset } = cursor;
  const flags = uint8(bytes, offset);
  // Version 1, protocol type GTP.
  if (flags >> 4 !== 3 || uint8(bytes, offset + 1) !== gtp.userData) return "payload";
  let length: number = gtp.fixedLength;
  if ((flags & gtp.optionalFlags) !== 0) {
    length += 4;
    if (!has(cursor, length, "gtp")) return "payload";
    while (uint8(bytes, offset + length - 1) !== 0) {
      // Extension headers count in words of 4 bytes; their last byte is the type of the next.
      const extension = uint8(bytes, offset + length) * 4;
      if (extension === 0 || !has(cursor, length + extension, "gtp extension")) return "payload";
      length += extension;
    }
  }
  const teid = uint32(bytes, offset + 4);
  const isIp = !isThere(cursor, length + 1) || [4, 6].includes(uint8(bytes, offset + length) >> 4);
  if (!isIp) return mismatch(cursor, "GTP-U", "no IP behind the header");
  enterTunnel(cursor, length, { form: "gtp", id: teid, text: `GTP-U teid ${teid}` });
  return "raw";
}

/** Whether UDP's payload on another port is GTP-U's user data without options, whose length fits, with IP behind it. */
export function looksLikeGtp(cursor: Cursor): boolean {
  const { bytes, offset, end } = cursor;
  if (!isThere(cursor, gtp.fixedLength) || uint16(bytes, offset) !== 0x30ff) return false;
  return uint16(bytes, offset + 2) === end - offset - gtp.fixedLength && isWholeIp(cursor, offset + gtp.fixedLength);
}

/** Decodes LISP's data header (RFC 9300 section 5.1): flags with nonce or map version, instance id and locator bits. */
export function decodeLisp(cursor: Cursor): Protocol {
  if (!has(cursor, 9, "lisp")) return "payload";
  const { bytes, offset } = cursor;
  // A version alone is what every eighth of random bytes has.
  if (!mayBeIp(cursor, offset + 8)) return mismatch(cursor, "LISP", "no IP packet behind the header");
  const instance = (uint8(bytes, offset) & 0x08) === 0 ? undefined : uint32(bytes, offset + 4) >>> 8;
  const text = instance === undefined ? "LISP" : `LISP instance ${instance}`;
  enterTunnel(cursor, 8, { form: "lisp", ...(instance === undefined ? {} : { id: instance }), text });
  return "raw";
}

/** Decodes Teredo (RFC 4380): IPv6 in UDP 3544, after an authentication and an origin header maybe. */
export function decodeTeredo(cursor: Cursor): Protocol {
  if (!has(cursor, 2, "teredo")) return "payload";
  const { bytes, offset } = cursor;
  let length = 0;
  if (uint16(bytes, offset) === 1) {
    // Lengths of client identification and of authentication value, then a nonce (8) and a confirmation (1).
    if (!has(cursor, 4, "teredo")) return "payload";
    length = 13 + uint8(bytes, offset + 2) + uint8(bytes, offset + 3);
    if (!has(cursor, length + 2, "teredo")) return "payload";
  }
  if (uint16(bytes, offset + length) === 0) length += 8;
  if (!has(cursor, length + 1, "teredo") || uint8(bytes, offset + length) >> 4 !== 6) return "payload";
  if (!mayBeIp(cursor, offset + length) && !hasTrailer(cursor, offset + length)) return "payload";
  enterTunnel(cursor, length, { form: "teredo", text: "Teredo" });
  return "ipv6";
}

/** RFC 6081 section 4: trailers may follow the packet, one of whose ends has Teredo's prefix, or is a link-local address. */
function hasTrailer(cursor: Cursor, at: number): boolean {
  const { bytes, end } = cursor;
  if (!isThere(cursor, at - cursor.offset + 40) || uint16(bytes, at + 4) + 40 > end - at) return false;
  return [at + 8, at + 24].some(
    (address) => uint32(bytes, address) === 0x20010000 || uint16(bytes, address) === 0xfe80,
  );
}
