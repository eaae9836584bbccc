import { uint16, uint8 } from "../bytes.ts";
import { has, isThere, type Cursor, type Protocol } from "../cursor.ts";
import { looksLikeEthernet } from "../link/ethernet.ts";
import type { Packet } from "../packet.ts";
import { enterTunnel } from "./tunnel.ts";

/** IANA's port for STT (draft-davie-stt): what looks like TCP there is no TCP. */
export const sttPort = 7471;

/** Version, flags, offset, MSS, VLAN, context id (8) and padding before the frame, in the first segment alone. */
const headerLength = 18;

/*
 * STT writes the length of its frame into the upper half of TCP's sequence number and the segment's place in the frame into the
 * lower half. The cursor stands behind a TCP header at `tcpAt`.
 */
function placeOf(cursor: Cursor, tcpAt: number): { readonly frame: number; readonly place: number } {
  return { frame: uint16(cursor.bytes, tcpAt + 4), place: uint16(cursor.bytes, tcpAt + 6) };
}

/** Flags of TCP's that no segment of STT has, and one that all have: FIN, SYN, RST, URG; ACK. */
const noFlags = 0x27;
const ackFlag = 0x10;
/** What STT writes into TCP's window (draft-davie-stt section 3; Open vSwitch, datapath/linux/compat/stt.c). */
const fullWindow = 0xffff;

/**
 * Whether a segment to STT's port is the first of a frame: place 0, and version 0 and a frame behind the header. Data of real TCP to
 * that port fits with odds of 2^-16 for the place, 2^-8 for the version and 2^-14 for the frame.
 */
export function looksLikeStt(cursor: Cursor, tcpAt: number): boolean {
  const { bytes, offset, end } = cursor;
  const { frame, place } = placeOf(cursor, tcpAt);
  if (place > 0 || !hasFlags(uint8(bytes, tcpAt + 13)) || end - offset > frame || end - offset <= headerLength)
    return false;
  return !isThere(cursor, 1) || (uint8(bytes, offset) === 0 && looksLikeEthernet(cursor, offset + headerLength));
}

/** Whether a packet's segment may be a later one of a frame: half of those of real TCP with this window and without options fit. */
export function isLaterStt({ layers, payload }: Packet): boolean {
  const tcp = layers.at(-1);
  if (tcp?.kind !== "tcp" || tcp.destinationPort !== sttPort || tcp.headerLength !== 20) return false;
  const [frame, place] = [tcp.sequence >>> 16, tcp.sequence & 0xffff];
  const fits = place > 0 && payload.length > 0 && place + payload.length <= frame;
  return fits && tcp.window === fullWindow && hasFlags(tcp.flags);
}

function hasFlags(flags: number): boolean {
  return (flags & noFlags) === 0 && (flags & ackFlag) !== 0;
}

/** Decodes STT's header and the frame behind it, which the first segment alone has. */
export function decodeStt(cursor: Cursor): Protocol {
  const { frame } = placeOf(cursor, cursor.offset - 20);
  if (!has(cursor, headerLength, "stt")) return "payload";
  if (cursor.end - cursor.offset < frame) cursor.partial = true;
  enterTunnel(cursor, headerLength, { form: "stt", text: `STT frame of ${frame}` });
  return "ethernet";
}
