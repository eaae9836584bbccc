import { uint16, uint32 } from "../bytes.ts";
import { has, isThere, mismatch, type Cursor, type Protocol } from "../cursor.ts";
import { looksLikeEthernet } from "../link/ethernet.ts";
import { enterTunnel } from "./tunnel.ts";

/*
 * L2TP version 2 (RFC 2661 section 3.1): flags and version (2), length (2, where L), tunnel and session (2 + 2), sequence numbers
 * (2 + 2, where S), offset and padding (2 + n, where O); PPP follows
 */
const bit = { control: 0x8000, length: 0x4000, sequence: 0x0800, offset: 0x0200, reserved: 0x34f0 } as const;

/** Decodes L2TP in UDP 1701; its control messages are UDP like any other. Version 3 does not tell what its data are. */
export function decodeL2tp(cursor: Cursor): Protocol {
  if (!has(cursor, 8, "l2tp")) return "payload";
  const { bytes, offset } = cursor;
  const flags = uint16(bytes, offset);
  const version = flags & 0x000f;
  if ((flags & bit.control) !== 0 || (version !== 2 && version !== 3)) return "payload";
  if (!isLegal(cursor, flags)) return mismatch(cursor, "L2TP", `flags 0x${flags.toString(16).padStart(4, "0")}`);
  if (version === 3) return enterVersion3(cursor, 4);
  const idsAt = offset + 2 + ((flags & bit.length) === 0 ? 0 : 2);
  let length = idsAt - offset + 4 + ((flags & bit.sequence) === 0 ? 0 : 4);
  if ((flags & bit.offset) !== 0) {
    if (!has(cursor, length + 2, "l2tp")) return "payload";
    length += 2 + uint16(bytes, offset + length);
  }
  if (!has(cursor, length, "l2tp")) return "payload";
  const session = uint16(bytes, idsAt + 2);
  enterTunnel(cursor, length, {
    form: "l2tp",
    id: session,
    text: `L2TP tunnel ${uint16(bytes, idsAt)} session ${session}`,
  });
  return "ppp";
}

/** Bytes of cookie and sublayer that Linux may put before an L2TPv3 session's frame. */
const beforeFrame = [0, 4, 8, 12] as const;

/** Whether UDP's payload on another port is L2TPv3's data: its first word, and a frame behind the session. */
export function looksLikeL2tp(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  if (!isThere(cursor, 8) || uint32(bytes, offset) !== 0x00030000) return false;
  return beforeFrame.some(
    (length) => isThere(cursor, 8 + length + 16) && looksLikeEthernet(cursor, offset + 8 + length),
  );
}

/** Reserved bits are 0, as are 16 more in version 3 (RFC 3931 section 4.1.2.1). */
function isLegal({ bytes, offset }: Cursor, flags: number): boolean {
  return (flags & 0x000f) === 3 ? flags === 3 && uint16(bytes, offset + 2) === 0 : (flags & bit.reserved) === 0;
}

/** Decodes L2TP version 3 directly in IP (protocol 115, RFC 3931): session 0 is its control channel. */
export function decodeL2tpInIp(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "l2tp")) return "payload";
  return uint32(cursor.bytes, cursor.offset) === 0 ? "payload" : enterVersion3(cursor, 0);
}

/** Cookie and sublayer have no fixed length: both ends know it from their configuration. */
function enterVersion3(cursor: Cursor, sessionAt: number): Protocol {
  const session = uint32(cursor.bytes, cursor.offset + sessionAt);
  const text = `L2TPv3 session ${session}`;
  enterTunnel(cursor, sessionAt + 4, { form: "l2tp", id: session, text, opaque: true });
  return "payload";
}
