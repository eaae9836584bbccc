import { uint16, uint32, uint8 } from "../bytes.ts";
import { has, isThere, opaque, type Cursor, type Protocol } from "../cursor.ts";
import { looksLikeEthernet } from "./ethernet.ts";

/*
 * MPLS label stack entry (RFC 3032), repeated up to the bottom of the stack
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------+-----+-+---------------+
 *  |                 label                 | TC  |S|      TTL      |
 *  +---------------------------------------+-----+-+---------------+
 */
const entryLength = 4;

/** Entries read per stack at most; real ones (L3VPN, segment routing) have fewer than a dozen. */
const mostEntries = 16;

/** Decodes a label stack. Nothing says what follows: IP by its version and length, otherwise a pseudowire's frame. */
export function decodeMpls(cursor: Cursor): Protocol {
  const labels: string[] = [];
  for (let entry = 0; entry < mostEntries; entry += 1) {
    if (!has(cursor, entryLength, "mpls")) return "payload";
    const word = uint32(cursor.bytes, cursor.offset);
    cursor.offset += entryLength;
    labels.push(`label ${word >>> 12} ttl ${word & 0xff}`);
    if ((word & 0x100) !== 0) break;
  }
  cursor.layers.push({ kind: "shim", name: "MPLS", detail: labels.join(", ") });
  return protocolBelowLabels(cursor);
}

/** Whether what follows is a label stack with a packet behind it, as far as it was captured. */
export function looksLikeMpls(cursor: Cursor): boolean {
  const trial: Cursor = { ...cursor, layers: [], overlong: undefined };
  const next = decodeMpls(trial);
  const [, problem] = trial.layers;
  return next !== "payload" || trial.layers.some(({ kind }) => kind === "truncated") || problem === undefined;
}

function protocolBelowLabels(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "mpls payload")) return "payload";
  const nibble = uint8(cursor.bytes, cursor.offset) >> 4;
  const length = lengthOfIp(cursor, nibble);
  const left = cursor.end - cursor.offset;
  if (length === left) return nibble === 4 ? "ipv4" : "ipv6";
  // RFC 4385: a pseudowire's control word begins with 0, its associated channel (OAM) with 1.
  if (nibble === 0 && isThere(cursor, entryLength) && looksLikeEthernet(cursor, cursor.offset + entryLength)) {
    cursor.offset += entryLength;
    return "ethernet";
  }
  if (nibble === 1) return opaque(cursor, "MPLS associated channel");
  // A frame's destination MAC may begin with 4 or 6 too (Calico's VTEPs have 66:...).
  if (isThere(cursor, 16) && looksLikeEthernet(cursor, cursor.offset)) return "ethernet";
  if (length !== undefined && (length <= left || cursor.partial)) return nibble === 4 ? "ipv4" : "ipv6";
  return opaque(cursor, "MPLS payload");
}

/** What the length field of an IP header would say here, or all that is left where it is cut; missing where there is none. */
function lengthOfIp(cursor: Cursor, nibble: number): number | undefined {
  const { bytes, offset, end } = cursor;
  if (nibble === 4) return isThere(cursor, 4) ? uint16(bytes, offset + 2) : end - offset;
  if (nibble === 6) return isThere(cursor, 6) ? 40 + uint16(bytes, offset + 4) : end - offset;
  return undefined;
}
