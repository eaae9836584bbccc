import { uint16, uint24, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { looksLikeEthernet } from "../link/ethernet.ts";
import { protocolOfNext } from "../link/tag.ts";
import { enterTunnel } from "./tunnel.ts";

/*
 * VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): VXLAN's header with a version, more flags and the protocol of what follows
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+---+-+-+-+-+---------------+---------------+---------------+
 *  |R|R|Ver|I|P|B|O|           reserved            | next protocol |
 *  +---------------------------------------------+-+---------------+
 *  |      VXLAN network identifier (VNI)           |   reserved    |
 *  +-----------------------------------------------+---------------+
 */
const headerLength = 8;
const protocolBit = 0x04;

/** Whether a header at a port of VXLAN is one of GPE: flags I and P, and a next protocol that exists. */
export function isGpe(bytes: Uint8Array, at: number): boolean {
  const flags = uint8(bytes, at);
  const next = uint8(bytes, at + 3);
  return (flags & 0xfc) === 0x0c && uint16(bytes, at + 1) === 0 && next >= 1 && next <= 5;
}

/** Whether UDP's payload on another port is a GPE header with what it announces behind it. */
export function looksLikeGpe(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  if (!isThere(cursor, headerLength + 1) || !isGpe(bytes, offset) || uint8(bytes, offset + 7) !== 0) return false;
  const nibble = uint8(bytes, offset + headerLength) >> 4;
  switch (uint8(bytes, offset + 3)) {
    case 1:
      return nibble === 4;
    case 2:
      return nibble === 6;
    case 3:
      return looksLikeEthernet(cursor, offset + headerLength);
    default:
      return false;
  }
}

/** Decodes a GPE header and goes on with what it announces. */
export function decodeVxlanGpe(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "vxlan-gpe")) return "payload";
  const { bytes, offset } = cursor;
  const flags = uint8(bytes, offset);
  const vni = uint24(bytes, offset + 4);
  const next = uint8(bytes, offset + 3);
  if ((flags & 0xc8) !== 0x08 || uint8(bytes, offset + 7) !== 0) {
    const reason = `flags 0x${flags.toString(16).padStart(2, "0")}`;
    return mismatch(cursor, "VXLAN-GPE", reason);
  }
  enterTunnel(cursor, headerLength, { form: "vxlan-gpe", id: vni, text: `VXLAN-GPE vni ${vni} next protocol ${next}` });
  return (flags & protocolBit) === 0 ? "ethernet" : protocolOfNext(cursor, next);
}
