import type { Passage, Part } from "./passage.ts";
import { listOf } from "./words.ts";

/** What came to one hop of what had passed the one before. Bytes for TCP, packets otherwise. */
export interface Balance {
  readonly data: Loss;
  /** Packets that open a TCP connection. */
  readonly openings: Loss;
  /** TCP packets that only acknowledge. */
  readonly acks: Loss;
  /** All of them as packets, of TCP with full segments. */
  readonly packets: Loss;
  /** Bytes of a full TCP segment; 1 where packets are counted. */
  readonly segment: number;
}

/** Of so many so many were lost, and so many came once too often. */
interface Loss {
  readonly of: number;
  readonly lost: number;
  readonly extra: number;
}

/** Bytes of TCP options in each segment: Linux sends time stamps by default (net.ipv4.tcp_timestamps; RFC 7323 3.2, padded). */
const optionBytes = 12;

/** Payload of a full segment where no SYN told it: an Ethernet frame's 1500 less two headers of 20. */
const usualMss = 1460;

/** Compares a hop (by its place in the order of travel) with the one before, or with the sender. */
export function balanceAt(passage: Passage, hop: number): Balance {
  const { parts, acks, unit } = passage;
  const losses = parts.map((part) => ({ part, loss: lossOf(part, hop) }));
  const opening = unit === "bytes" ? losses.find(({ part }) => part.from <= 0 && part.to > 0)?.loss : undefined;
  const openings = opening ?? none;
  const all = sum(losses.map(({ part, loss }) => scaled(loss, part.to - part.from)));
  const data = minus(all, openings);
  const segment = unit === "bytes" ? segmentOf(passage) : 1;
  const acknowledged = lossOf(acks, hop);
  const packets = sum([inSegments(data, segment), openings, acknowledged]);
  return { data, openings, acks: acknowledged, packets, segment };
}

/** "2 of 10 ping packets were", "1 of 2 SYNs and 1398 of 131072 bytes (1 segment) of bulk were" */
export function lossInWords({ observation, leg, unit, accounts }: Passage, balance: Balance): string {
  const { kind } = observation.probe;
  const { data, openings, acks, segment } = balance;
  if (unit === "packets") return `${data.lost} of ${data.of} ${kind} packets were`;
  const segments = Math.ceil(data.lost / segment);
  const what = [
    ...(openings.lost === 0 ? [] : [`${openings.lost} of ${openings.of} ${openingName(leg.direction)}s`]),
    ...(data.lost === 0 ? [] : [`${data.lost} of ${data.of} bytes (${segments} segment${segments === 1 ? "" : "s"})`]),
    ...(acks.lost === 0 ? [] : [`${acks.lost} of ${acks.of} acknowledgments`]),
  ];
  const again = openings.lost === 0 ? undefined : pause(accounts[0]?.openings ?? []);
  const waited = again === undefined ? "" : ` (sent again after ${again} s)`;
  return `${listOf(what)} of ${kind}${waited} were`;
}

/** "10 ping packets became 12", "10 ping packets appeared" */
export function growthInWords({ observation, unit }: Passage, { data, openings, acks, packets }: Balance): string {
  const { kind } = observation.probe;
  const grown = unit === "packets" ? data : packets;
  const what = data.extra + openings.extra === 0 && acks.extra > 0 ? "acknowledgments" : "packets";
  const from = what === "packets" ? grown.of : acks.of;
  const extra = what === "packets" ? grown.extra : acks.extra;
  return from === 0 ? `${extra} ${kind} ${what} appeared` : `${from} ${kind} ${what} became ${from + extra}`;
}

const none: Loss = { of: 0, lost: 0, extra: 0 };

function lossOf({ start, passed }: Part, hop: number): Loss {
  const before = hop === 0 ? start : (passed[hop - 1] ?? 0);
  const after = passed[hop] ?? 0;
  return { of: before, lost: Math.max(0, before - after), extra: Math.max(0, after - before) };
}

function scaled({ of, lost, extra }: Loss, by: number): Loss {
  return { of: of * by, lost: lost * by, extra: extra * by };
}

function sum(losses: readonly Loss[]): Loss {
  return losses.reduce(
    (all, one) => ({ of: all.of + one.of, lost: all.lost + one.lost, extra: all.extra + one.extra }),
    none,
  );
}

function minus(all: Loss, part: Loss): Loss {
  return { of: all.of - part.of, lost: all.lost - part.lost, extra: all.extra - part.extra };
}

function inSegments({ of, lost, extra }: Loss, segment: number): Loss {
  return { of: Math.ceil(of / segment), lost: Math.ceil(lost / segment), extra: Math.ceil(extra / segment) };
}

/** Both ends may say what they take; the smaller holds (RFC 9293 3.7.1). */
function segmentOf({ observation, flow }: Pick<Passage, "observation" | "flow">): number {
  const said = observation.sightings.flatMap(({ flows }) =>
    flows.filter((account) => account.flow === flow).flatMap(({ mss }) => mss ?? []),
  );
  return Math.max(1, Math.min(usualMss, ...said) - optionBytes);
}

function openingName(direction: "forward" | "reverse"): string {
  return direction === "forward" ? "SYN" : "SYN-ACK";
}

/** Seconds between the first packet that opened the connection and its repetition. */
function pause([first, second]: readonly number[]): string | undefined {
  return first === undefined || second === undefined ? undefined : (second - first).toFixed(1);
}
