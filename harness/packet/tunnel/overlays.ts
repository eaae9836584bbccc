import { uint16, uint8 } from "../bytes.ts";
import { isThere, type Cursor, type Protocol } from "../cursor.ts";
import { protocolOfIp } from "../ip-protocol.ts";
import { looksLikeEthernet } from "../link/ethernet.ts";
import { enterTunnel } from "./tunnel.ts";
import { isWholeIp } from "./whole-ip.ts";

/*
 * AMT (RFC 7450 section 5.1): version 0 and type in one byte; 4 a query and 5 an update carry IGMP or MLD behind 12 bytes with nonce
 * and MAC, 6 carries multicast data behind 2
 */
const amtLengths: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 2 };

/** Whether UDP's payload is one of AMT's messages that carry packets; the others are signaling. */
export function looksLikeAmt(cursor: Cursor): boolean {
  const length = amtLengths[uint8(cursor.bytes, cursor.offset)];
  return length !== undefined && isWholeIp(cursor, cursor.offset + length);
}

/** Decodes AMT, which carries multicast through networks without. */
export function decodeAmt(cursor: Cursor): Protocol {
  const type = uint8(cursor.bytes, cursor.offset);
  enterTunnel(cursor, amtLengths[type] ?? 0, { form: "amt", text: `AMT type ${type}` });
  return "raw";
}

/*
 * TZSP (https://en.wikipedia.org/wiki/TZSP): version 1, type (0 and 1 carry a frame), kind of frame (2; 1 is Ethernet), then tags
 * of number, length and value up to number 1; number 0 pads
 */
const tzsp = { headerLength: 4, end: 1, padding: 0, ethernet: 1 } as const;

/** Whether UDP's payload is one of TZSP's that carry a frame. */
export function looksLikeTzsp(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  if (!isThere(cursor, 5) || uint8(bytes, offset) !== 1 || uint8(bytes, offset + 1) > 1) return false;
  const frameAt = endOfTags(cursor);
  return frameAt !== undefined && (!carriesEthernet(cursor) || looksLikeEthernet(cursor, frameAt));
}

/** Decodes TZSP, with which routers and access points mirror frames; those of other networks than Ethernet are named. */
export function decodeTzsp(cursor: Cursor): Protocol {
  const length = (endOfTags(cursor) ?? cursor.offset) - cursor.offset;
  if (carriesEthernet(cursor)) {
    enterTunnel(cursor, length, { form: "tzsp", text: "TZSP carries Ethernet" });
    return "ethernet";
  }
  const kind = uint16(cursor.bytes, cursor.offset + 2);
  enterTunnel(cursor, length, { form: "tzsp", text: `TZSP carries frames of kind ${kind}`, opaque: true });
  return "payload";
}

function carriesEthernet({ bytes, offset }: Cursor): boolean {
  return uint16(bytes, offset + 2) === tzsp.ethernet;
}

function endOfTags(cursor: Cursor): number | undefined {
  const { bytes, offset, limit } = cursor;
  for (let at = offset + tzsp.headerLength; at < limit;) {
    const tag = uint8(bytes, at);
    if (tag === tzsp.end) return at + 1;
    at += tag === tzsp.padding ? 1 : 2 + uint8(bytes, at + 1);
  }
  return undefined;
}

/** Juniper's mirror in UDP 30030 (draft-cavuto-dtcp): numbers of the intercept and of the session, then the packet. */
const jmirrorLength = 8;

/** Whether UDP's payload is a mirrored packet of Juniper's. */
export function looksLikeJmirror(cursor: Cursor): boolean {
  return isWholeIp(cursor, cursor.offset + jmirrorLength);
}

/** Decodes a mirrored packet of Juniper's. */
export function decodeJmirror(cursor: Cursor): Protocol {
  enterTunnel(cursor, jmirrorLength, { form: "jmirror", text: "Juniper mirror" });
  return "raw";
}

/*
 * AYIYA (draft-massar-v6ops-ayiya): length of identity as a power of 2 and its kind; length of signature in words and its hash;
 * how it is authenticated and an opcode (1 forwards a packet); protocol of what follows; time (4), identity, signature
 */
const ayiya = { fixedLength: 8, forward: 1 } as const;

/** Whether UDP's payload is one of AYIYA's that carry a packet. */
export function looksLikeAyiya(cursor: Cursor): boolean {
  const { bytes, offset } = cursor;
  const isForwarded = isThere(cursor, ayiya.fixedLength) && (uint8(bytes, offset + 2) & 0x0f) === ayiya.forward;
  return isForwarded && isWholeIp(cursor, offset + ayiyaLength(cursor));
}

/** Decodes AYIYA, a tunnel of IPv6 through address translation. */
export function decodeAyiya(cursor: Cursor): Protocol {
  const next = uint8(cursor.bytes, cursor.offset + 3);
  enterTunnel(cursor, ayiyaLength(cursor), { form: "ayiya", text: "AYIYA" });
  return protocolOfIp(next);
}

function ayiyaLength({ bytes, offset }: Cursor): number {
  const [identity, signature] = [uint8(bytes, offset) >> 4, uint8(bytes, offset + 1) >> 4];
  return ayiya.fixedLength + 2 ** identity + signature * 4;
}
