import { uint16, uint24, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { EtherType, protocolOfEtherType } from "../link/ether-type.ts";
import { looksLikeFrame } from "../link/ethernet.ts";
import { enterTunnel } from "./tunnel.ts";

/*
 * Geneve (RFC 8926 section 3.4)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---+-----------+-+-+-----------+-------------------------------+
 *  |Ver|  Opt Len  |O|C|  reserved |        protocol (EtherType)   |
 *  +---+-----------+-+-+-----------+---------------+---------------+
 *  |      virtual network identifier (VNI)         |   reserved    |
 *  +-----------------------------------------------+---------------+
 *  |                  options (Opt Len words)                      |
 *  +---------------------------------------------------------------+
 */
const fixedLength = 8;

/** Decodes Geneve at its port; what is none of its headers stays UDP. */
export function decodeGeneve(cursor: Cursor): Protocol {
  if (!has(cursor, fixedLength, "geneve")) return "payload";
  const { bytes, offset } = cursor;
  if (!isLegal(bytes, offset)) {
    const reason = `begins with 0x${uint16(bytes, offset).toString(16).padStart(4, "0")}`;
    return mismatch(cursor, "Geneve", reason);
  }
  const length = lengthAt(bytes, offset);
  if (!has(cursor, length, "geneve")) return "payload";
  const vni = uint24(bytes, offset + 4);
  const options = length === fixedLength ? "" : ` options ${length - fixedLength}`;
  enterTunnel(cursor, length, { form: "geneve", id: vni, text: `Geneve vni ${vni}${options}` });
  return protocolOfEtherType(cursor, uint16(bytes, offset + 2));
}

/** Whether UDP's payload on another port is a Geneve header with a frame or an IP packet behind it. */
export function looksLikeGeneve(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  if (!isThere(cursor, fixedLength) || !isLegal(bytes, offset)) return false;
  const length = lengthAt(bytes, offset);
  switch (uint16(bytes, offset + 2)) {
    case EtherType.ethernet:
      return looksLikeFrame(cursor, offset + length);
    case EtherType.ipv4:
      return isThere(cursor, length + 4) && uint16(bytes, offset + length + 2) === cursor.end - offset - length;
    case EtherType.ipv6:
      return isThere(cursor, length + 6) && uint16(bytes, offset + length + 4) + 40 === cursor.end - offset - length;
    default:
      return false;
  }
}

function isLegal(bytes: Uint8Array, at: number): boolean {
  const reserved = (uint8(bytes, at + 1) & 0x3f) | uint8(bytes, at + 7);
  // 1501 to 1535 and below are lengths and no EtherTypes.
  return uint8(bytes, at) >> 6 === 0 && reserved === 0 && uint16(bytes, at + 2) >= 0x0600;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return fixedLength + (uint8(bytes, at) & 0x3f) * 4;
}
