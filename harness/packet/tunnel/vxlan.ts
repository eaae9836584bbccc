import { uint24, uint8 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { looksLikeEthernet, looksLikeFrame } from "../link/ethernet.ts";
import { enterTunnel } from "./tunnel.ts";
import { isGpe } from "./vxlan-gpe.ts";

/*
 * VXLAN (RFC 7348 section 5)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-----------------------------------------------+
 *  |R R R R I R R R|                   reserved                    |
 *  +---------------+-----------------------------------------------+
 *  |      VXLAN network identifier (VNI)           |   reserved    |
 *  +-----------------------------------------------+---------------+
 */
const field = { flags: 0, firstReserved: 1, vni: 4, lastReserved: 7 } as const;
const headerLength = 8;

/** UDP port of VXLAN: IANA's number (RFC 7348, section 8), and Calico's default (felix/config/config_params.go VXLANPort). */
export const vxlanPort = 4789;

/** The only flag that RFC 7348 defines: the VNI is valid. */
export const vniValidFlag = 0x08;

/** Group Based Policy (draft-smith-vxlan-group-policy): flag G, then the bits D and A, and a group in bytes 2 and 3. */
export const groupPolicyFlag = 0x80;
const groupPolicyBits = 0x48;

/** VXLAN header; an Ethernet frame follows. */
export class Vxlan {
  readonly kind = "vxlan";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get vni(): number {
    return uint24(this.bytes, this.start + field.vni);
  }

  /** 0x08 in a legal frame; other bits belong to extensions (GBP, GPE). */
  get flags(): number {
    return uint8(this.bytes, this.start + field.flags);
  }
}

/**
 * Decodes a VXLAN header at a port of VXLAN. What breaks the rules of RFC 7348 is a tunnel's packet that receivers drop where an
 * inner frame can be seen, and otherwise somebody's UDP that happens to use the port: a resolver's, behind a masquerade.
 */
export function decodeVxlan(cursor: Cursor): Protocol {
  if (!isThere(cursor, headerLength) && cursor.end - cursor.offset < headerLength && !cursor.partial) {
    const length = cursor.end - cursor.offset;
    return length < 0 ? "payload" : mismatch(cursor, "VXLAN", `${length} bytes`);
  }
  if (!has(cursor, headerLength, "vxlan")) return "payload";
  const { bytes, offset } = cursor;
  const problem = problemOf(bytes, offset);
  // Group Based Policy begins as a resolver's answer may whose number is 0x8800: its frame must be in sight.
  const isCertain = uint8(bytes, offset) === vniValidFlag || looksLikeFrame(cursor, offset + headerLength);
  if (problem === undefined && isCertain) {
    cursor.layers.push(new Vxlan(bytes, offset));
    cursor.offset = offset + headerLength;
    return "ethernet";
  }
  if (isGpe(bytes, offset)) return "vxlan-gpe";
  const flags = `flags 0x${uint8(bytes, offset + field.flags)
    .toString(16)
    .padStart(2, "0")}`;
  if (problem === undefined || !looksLikeEthernet(cursor, offset + headerLength))
    return mismatch(cursor, "VXLAN", flags);
  const vni = uint24(bytes, offset + field.vni);
  enterTunnel(cursor, headerLength, { form: "invalid-vxlan", id: vni, text: `VXLAN vni ${vni} ${flags}: ${problem}` });
  return "ethernet";
}

/** Whether UDP's payload on another port begins as VXLAN does: a legal header, then a frame. */
export function looksLikeVxlan(cursor: Cursor): boolean {
  if (!isThere(cursor, headerLength)) return false;
  const { bytes, offset } = cursor;
  return problemOf(bytes, offset) === undefined && looksLikeFrame(cursor, offset + headerLength);
}

/** Names the packet for what it seems to be, and leaves it at that: only its reader knows the port. */
export function decodeSuspectedVxlan(cursor: Cursor): Protocol {
  const vni = uint24(cursor.bytes, cursor.offset + field.vni);
  enterTunnel(cursor, 0, { form: "suspected-vxlan", id: vni, text: `begins like VXLAN vni ${vni}`, opaque: true });
  return "payload";
}

/** What RFC 7348 forbids in a header: undefined where it is legal, with Group Based Policy or without. */
function problemOf(bytes: Uint8Array, at: number): string | undefined {
  const flags = uint8(bytes, at + field.flags);
  if ((flags & vniValidFlag) === 0) return "flag I missing";
  if (uint8(bytes, at + field.lastReserved) !== 0) return "reserved bits set";
  const reserved = uint24(bytes, at + field.firstReserved);
  if (flags === (vniValidFlag | groupPolicyFlag)) {
    return ((reserved >> 16) & ~groupPolicyBits) === 0 ? undefined : "reserved bits set";
  }
  return reserved === 0 && flags === vniValidFlag ? undefined : "reserved bits set";
}
