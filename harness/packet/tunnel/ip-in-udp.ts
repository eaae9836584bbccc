import { uint16, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { ipProtocolName, protocolOfIp } from "../ip-protocol.ts";
import { enterTunnel } from "./tunnel.ts";

/** Whether UDP's payload is a whole IP packet: its length field is the datagram's, and IPv4's checksum is right. */
export function looksLikeIp(cursor: Cursor): boolean {
  const { bytes, offset, end } = cursor;
  if (cursor.partial) return false;
  const first = uint8(bytes, offset);
  if (first === 0x45) return isThere(cursor, 20) && uint16(bytes, offset + 2) === end - offset && sumsUp(cursor);
  return first >> 4 === 6 && isThere(cursor, 40) && uint16(bytes, offset + 4) + 40 === end - offset;
}

/** Foo over UDP of Linux, Flannel's `udp` backend and others: UDP with an IP packet for payload, on any port. */
export function decodeIpInUdp(cursor: Cursor): Protocol {
  enterTunnel(cursor, 0, { form: "ip-in-udp", text: "IP in UDP" });
  return "raw";
}

/**
 * Decodes generic UDP encapsulation (draft-ietf-intarea-gue; Linux fou.c): version 0 has a header with the IP protocol of what
 * follows, version 1 is IP itself.
 */
export function decodeGue(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "gue")) return "payload";
  const first = uint8(cursor.bytes, cursor.offset);
  if (!mayBeGue(first, cursor)) {
    return mismatch(cursor, "GUE", `begins with 0x${first.toString(16).padStart(2, "0")}`);
  }
  if (first >> 6 === 1) {
    enterTunnel(cursor, 0, { form: "gue", text: "GUE version 1" });
    return "raw";
  }
  const isControl = (first & 0x20) !== 0;
  const length = 4 + (first & 0x1f) * 4;
  if (first >> 6 !== 0 || isControl || !has(cursor, length, "gue")) return "payload";
  const protocol = uint8(cursor.bytes, cursor.offset + 1);
  enterTunnel(cursor, length, { form: "gue", text: `GUE carries ${ipProtocolName(protocol)}` });
  return protocolOfIp(protocol);
}

/** Version 0, whose header must fit, or 1: then these are the version and the header length of an IP header (IHL at least 5, RFC 791). */
function mayBeGue(first: number, { offset, end, partial }: Cursor): boolean {
  if (first >> 6 === 0) return partial || offset + 4 + (first & 0x1f) * 4 <= end;
  return (first >= 0x45 && first <= 0x4f) || first >> 4 === 6;
}

function sumsUp({ bytes, offset }: Cursor): boolean {
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += uint16(bytes, offset + at);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}
