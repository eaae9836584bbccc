import { isFirstFragment, isLaterFragment } from "./form.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { IpLayer } from "./layer.ts";
import type { Packet } from "./packet.ts";

/** Where checksums stand in the headers that have one (RFC 768, 9293, 792, 4443), and whether addresses are part of them. */
const places: Readonly<Record<number, { readonly name: string; readonly at: number; readonly pseudo: boolean }>> = {
  [IpProtocol.icmp]: { name: "ICMP", at: 2, pseudo: false },
  [IpProtocol.tcp]: { name: "TCP", at: 16, pseudo: true },
  [IpProtocol.udp]: { name: "UDP", at: 6, pseudo: true },
  [IpProtocol.icmpv6]: { name: "ICMPv6", at: 2, pseudo: true },
};

/**
 * Names of the headers whose checksum is wrong, outermost first: "outer UDP", "inner IPv4", "TCP". A checksum that its sender leaves to the
 * device (CHECKSUM_PARTIAL of Linux: captures before the device has filled it in hold the sum of the pseudo-header alone) is not wrong,
 * nor is a missing one of UDP, nor one over bytes that were not captured.
 */
export function wrongChecksums(packet: Packet): readonly string[] {
  const captured = packet.bytes;
  const ips = packet.layers.filter(
    (layer): layer is IpLayer =>
      (layer.kind === "ipv4" || layer.kind === "ipv6") && layer.bytes.buffer === captured.buffer,
  );
  const wrong: string[] = [];
  let filledIn = 0;
  // From inside: what a device fills in there, the checksum around it takes for granted (local checksum offload).
  for (let index = ips.length - 1; index >= 0; index -= 1) {
    const ip = ips[index];
    if (ip === undefined) continue;
    const level = ips.length === 1 ? "" : index === 0 ? "outer " : "inner ";
    const end = captured.byteOffset + captured.length - ip.bytes.byteOffset;
    const content = contentOf(ip, end, filledIn);
    if (content.isWrong) wrong.unshift(`${level}${content.name}`);
    filledIn = content.filledIn;
    if (ip.kind === "ipv4" && fold(sum(ip.bytes, ip.start, ip.start + ip.headerLength)) !== allOnes)
      wrong.unshift(`${level}IPv4`);
  }
  return wrong;
}

interface Content {
  readonly name: string;
  readonly isWrong: boolean;
  /** What the sum of these bytes grows by once the device has filled in what was left to it. */
  readonly filledIn: number;
}

const unjudged: Content = { name: "", isWrong: false, filledIn: 0 };

/** A sum of right bytes with their checksum (RFC 1071). */
const allOnes = 0xffff;

function contentOf(ip: IpLayer, captureEnd: number, inside: number): Content {
  const place = places[ip.protocol];
  const { bytes, start, headerLength } = ip;
  const from = start + headerLength;
  const end = start + ip.length;
  const extended = ip.kind === "ipv6" ? headerLength !== plainIpv6 : ip.totalLength === 0;
  if (place === undefined || extended || end > captureEnd || from + place.at + 2 > end) return unjudged;
  if (isFirstFragment(ip) || isLaterFragment(ip)) return unjudged;
  const field = word(bytes, from + place.at);
  if (ip.protocol === IpProtocol.udp && (field === 0 || word(bytes, from + udpLength) !== end - from)) return unjudged;
  const pseudo = place.pseudo ? pseudoHeader(ip, end - from) : 0;
  const content = sum(bytes, from, end) + inside;
  if (fold(pseudo + content) === allOnes) return { ...unjudged, filledIn: inside };
  if (!place.pseudo || fold(pseudo) % allOnes !== field % allOnes)
    return { ...unjudged, name: place.name, isWrong: true };
  const right = allOnes - fold(pseudo + content - field);
  return { ...unjudged, filledIn: inside + right + (allOnes - field) };
}

/** RFC 8200: a header without extensions, whose pseudo-header has other rules. */
const plainIpv6 = 40;

/** Offset of UDP's length field. */
const udpLength = 4;

/** Addresses, protocol and length (RFC 9293 3.1, RFC 8200 8.1). */
function pseudoHeader({ kind, bytes, start, protocol }: IpLayer, length: number): number {
  const [from, to] = kind === "ipv4" ? [start + 12, start + 20] : [start + 8, start + 40];
  return sum(bytes, from, to) + protocol + length;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function sum(bytes: Uint8Array, from: number, to: number): number {
  let total = 0;
  let at = from;
  for (; at + 1 < to; at += 2) total += word(bytes, at);
  return at < to ? total + ((bytes[at] ?? 0) << 8) : total;
}

function fold(total: number): number {
  let folded = total;
  while (folded > allOnes) folded = (folded & allOnes) + Math.floor(folded / (allOnes + 1));
  return folded;
}
