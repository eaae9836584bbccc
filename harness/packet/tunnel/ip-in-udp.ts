import { uint16, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { IpProtocol, ipProtocolName, protocolOfIp } from "../ip-protocol.ts";
import { looksLikeGre } from "./gre.ts";
import { enterTunnel } from "./tunnel.ts";
import { isWholeIp, mayBeIp } from "./whole-ip.ts";

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

/** Whether UDP's payload on another port is a GUE header of version 0 with IP, or GRE with IP, behind it. */
export function looksLikeGue(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  if (!isThere(cursor, 4) || uint8(bytes, offset) >> 5 !== 0) return false;
  const at = offset + 4 + (uint8(bytes, offset) & 0x1f) * 4;
  switch (uint8(bytes, offset + 1)) {
    case IpProtocol.ipv4:
      return uint8(bytes, at) >> 4 === 4 && isWholeIp(cursor, at);
    case IpProtocol.ipv6:
      return uint8(bytes, at) >> 4 === 6 && isWholeIp(cursor, at);
    case IpProtocol.gre:
      return looksLikeGre(cursor, at);
    default:
      return false;
  }
}

/**
 * Version 1 is the packet itself. Version 0 has flags of which none is defined for packets without options (section 3.2.1), and what it
 * announces must be there.
 */
function mayBeGue(first: number, cursor: Cursor): boolean {
  const { bytes, offset, end, partial } = cursor;
  if (first >> 6 === 1) return mayBeIp(cursor, offset);
  if (first >> 6 !== 0) return false;
  const at = offset + 4 + (first & 0x1f) * 4;
  if (partial) return true;
  const protocol = uint8(bytes, offset + 1);
  const isIp = protocol === IpProtocol.ipv4 || protocol === IpProtocol.ipv6;
  return at <= end && (isIp ? mayBeIp(cursor, at) : isThere(cursor, 4) && uint16(bytes, offset + 2) === 0);
}
