import { paddedLength } from "../encap/wireguard.ts";

/** A packet on its way into a WireGuard device; `content` is whatever the caller knows it by. */
export interface Entering<Content> {
  readonly content: Content;
  /** Seconds since the epoch. */
  readonly time: number;
  /** Bytes of IP packet. */
  readonly length: number;
  /** Bytes of IP and TCP header, where it is TCP: the device cuts large segments into several messages. */
  readonly headers?: number;
}

/** A message of data that left the same node for the same peer. */
export interface Leaving {
  readonly key: string;
  readonly time: number;
  /** Bytes inside with padding; 0 = keepalive. */
  readonly length: number;
}

/** How far messages are looked for the packets that came in before: packets of several processors may overtake each other. */
const window = 64;

/** Seconds that a packet may wait for its message at the longest: those that came before a handshake wait for it (REKEY_TIMEOUT is 5). */
const longestWait = 20;

/** Bytes by which a full segment may fall short of the device's MTU: TCP's options (RFC 9293 3.1) and padding. */
const shortOfMtu = 64;

/**
 * Tells which packet each message carries, of those that went from one node into its device for one peer. WireGuard numbers and sends
 * messages in the order in which packets came in, and a message's size follows from its packet's: each message gets the first waiting
 * packet of that size that came before it. Of packets of one size and order nobody can tell which is which: the count is proven, and the
 * sizes, not the content. A packet that is larger than the device's MTU leaves as several messages, of which the first one gets it: full ones,
 * whose segments have the device's MTU or the pods', and the rest.
 */
export function pairMessages<Content>(
  entering: readonly Entering<Content>[],
  leaving: readonly Leaving[],
  mtus: Mtus,
): ReadonlyMap<string, Content> {
  const pairs = new Map<string, Content>();
  const waiting: Entering<Content>[] = [];
  let next = 0;
  let rest: Rest | undefined;
  for (const message of leaving) {
    if (message.length === 0) continue;
    rest = rest === undefined ? undefined : restAfter(rest, message.length);
    if (rest?.isHere === true) continue;
    rest = undefined;
    for (let one = entering[next]; one !== undefined && one.time <= message.time; one = entering[next]) {
      waiting.push(one);
      next += 1;
    }
    while (waiting[0] !== undefined && waiting[0].time < message.time - longestWait) waiting.shift();
    const place = waiting.slice(0, window).findIndex((one) => beginsWith(one, message.length, mtus));
    const [packet] = place < 0 ? [] : waiting.splice(place, 1);
    if (packet === undefined) continue;
    pairs.set(message.key, packet.content);
    rest = restOf(packet, message.length, mtus);
  }
  return pairs;
}

/** What is still to come of a packet that was cut, by each length that its full segments may have below their padding. */
interface Rest {
  /** Of full messages. */
  readonly size: number;
  readonly ways: readonly { readonly messages: number; readonly last: number }[];
  readonly isHere: boolean;
}

/** Bytes to whose multiple messages are padded. */
const block = 16;

/** Bytes that a packet may have on its way: on the device, or on the route where a host has learned that pods take less. */
interface Mtus {
  readonly mtu: number;
  readonly podMtu: number;
}

/** Sizes of the message that carries a packet alone: padding goes up to the MTU of its route (drivers/net/wireguard/send.c, calculate_skb_padding). */
function sizesOf(length: number, { mtu, podMtu }: Mtus): readonly number[] {
  return [paddedLength(length, mtu), paddedLength(length, podMtu)];
}

function beginsWith({ length, headers }: Entering<unknown>, size: number, mtus: Mtus): boolean {
  if (length <= mtus.mtu) return sizesOf(length, mtus).includes(size);
  return headers !== undefined && size <= mtus.mtu && size > mtus.mtu - shortOfMtu;
}

function restOf({ length, headers = 0 }: Entering<unknown>, size: number, mtus: Mtus): Rest | undefined {
  if (length <= mtus.mtu) return undefined;
  const ways = lengthsIn(size, mtus).flatMap((segment) => {
    const full = segment - headers;
    const messages = Math.ceil((length - headers) / full);
    const last = length - (messages - 1) * full;
    return sizesOf(last, mtus).map((own) => ({ messages: messages - 1, last: own }));
  });
  return { size, ways, isHere: false };
}

/** The lengths that full segments may have in messages of a size: with one for each padding some message of the next packet would fit one of them. */
function lengthsIn(size: number, mtus: Mtus): readonly number[] {
  const known = [mtus.podMtu, mtus.mtu].find((own) => sizesOf(own, mtus).includes(size));
  return known === undefined ? Array.from({ length: block }, (_, padding) => size - padding) : [known];
}

/** The message belongs to what was cut: all but the last are of one size. */
function restAfter({ size, ways }: Rest, length: number): Rest | undefined {
  const left = ways
    .filter(({ messages, last }) => messages > 0 && length === (messages === 1 ? last : size))
    .map(({ messages, last }) => ({ messages: messages - 1, last }));
  return left.length === 0 ? undefined : { size, ways: left, isHere: true };
}
