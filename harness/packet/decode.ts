import { malformed, type Cursor, type Protocol } from "./cursor.ts";
import { decoders } from "./decoders.ts";
import { decodeIcmp } from "./icmp.ts";
import { decodeIpv4 } from "./ipv4.ts";
import type { Layer } from "./layer.ts";
import { decodeEthernet } from "./link/ethernet.ts";
import { decodeSll2 } from "./link/sll2.ts";
import { Packet, type PcapRecord } from "./packet.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeVxlan } from "./tunnel/vxlan.ts";
import { decodeUdp } from "./udp.ts";

/** Headers decoded per packet at most; real stacks (QinQ, VXLAN, IPIP within) have fewer than 12. */
export const maximumDepth = 24;

const nonePlain: readonly number[] = [];

const nothingQuoted: readonly Layer[] = [];

/**
 * Decodes one record from its link layer to the innermost payload. Never throws: bad bytes become a last layer
 * "malformed", headers that the capture cut become "truncated".
 */
export function decode(
  record: PcapRecord,
  first: Protocol,
  vxlanPorts: readonly number[],
  plainPorts: readonly number[] = nonePlain,
): Packet {
  const layers: Layer[] = [];
  const { bytes, start = 0 } = record;
  const limit = start + record.capturedLength;
  const cursor: Cursor = {
    bytes,
    vxlanPorts,
    plainPorts,
    limit,
    offset: start,
    end: start + record.originalLength,
    partial: false,
    quoting: false,
    layers,
    overlong: undefined,
  };
  const quotes = walk(cursor, first);
  const { offset } = cursor;
  const payloadEnd = Math.min(cursor.end, limit);
  const quoted = quotes === "payload" ? nothingQuoted : decodeQuoted(cursor, quotes);
  if (cursor.overlong !== undefined && !endsWithProblem(layers)) {
    layers.push({ kind: "truncated", ...cursor.overlong });
  }
  return new Packet(record, layers, quoted, Math.min(offset, limit), payloadEnd);
}

/** Runs decoders until the payload, or until an ICMP error's quotation, which it returns. */
function walk(cursor: Cursor, first: Protocol): "payload" | "quoted-ipv4" | "quoted-ipv6" {
  let next = first;
  for (let depth = 0; depth < maximumDepth; depth += 1) {
    if (next === "payload" || next === "quoted-ipv4" || next === "quoted-ipv6") return next;
    next = step(next, cursor);
  }
  if (next !== "payload") malformed(cursor, next, `more than ${maximumDepth} headers`);
  return "payload";
}

/** The usual headers are named here, which saves a look-up for each; all others are found in the table. */
function step(protocol: Exclude<Protocol, "payload" | "quoted-ipv4" | "quoted-ipv6">, cursor: Cursor): Protocol {
  switch (protocol) {
    case "ethernet":
      return decodeEthernet(cursor);
    case "ipv4":
      return decodeIpv4(cursor);
    case "udp":
      return decodeUdp(cursor);
    case "vxlan":
      return decodeVxlan(cursor);
    case "tcp":
      return decodeTcp(cursor);
    case "icmp":
      return decodeIcmp(cursor);
    case "sll2":
      return decodeSll2(cursor);
    default:
      return decoders[protocol](cursor);
  }
}

/** Decodes what an ICMP error quotes, into layers of its own: routers may quote as little as the IP header + 8 bytes. */
function decodeQuoted(cursor: Cursor, quotes: "quoted-ipv4" | "quoted-ipv6"): readonly Layer[] {
  cursor.layers = [];
  cursor.partial = true;
  cursor.quoting = true;
  walk(cursor, quotes === "quoted-ipv4" ? "ipv4" : "ipv6");
  return cursor.layers;
}

function endsWithProblem(layers: readonly Layer[]): boolean {
  const last = layers.at(-1);
  return last?.kind === "malformed" || last?.kind === "truncated";
}
