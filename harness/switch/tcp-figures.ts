import type { Moments } from "./moments.ts";
import type { Segments } from "./segments.ts";
import type { TcpRecord } from "./switch-record.ts";

/** Seconds below which no retransmission time-out of Linux lies (TCP_RTO_MIN, include/net/tcp.h). */
const leastTimeout = 0.2;

/** What the sender says of its connection; missing where it died itself. */
export interface Told {
  /** Why the connection is no more. */
  readonly dead?: string;
}

/** Whether a long connection survived without a stall, stalled and came back, or died. Pure. */
export function tcpFigures(segments: Segments, told: Told | undefined, moments: Moments): TcpRecord {
  const { resent, timeouts } = sentAgain(segments);
  const stall = longestStall(segments, moments);
  const figures = {
    bytes: Math.max(0, ...segments.arrived.map(({ to }) => to)),
    retransmitted: resent,
    timeouts,
    stallMs: moments.round(stall.seconds * 1000),
    ...(stall.seconds > 0 ? { stallAtMs: moments.ms(stall.at) } : {}),
  };
  return { ...outcomeOf(segments, told, stall, timeouts, moments), ...figures };
}

function outcomeOf(
  { resetAt, sent }: Segments,
  told: Told | undefined,
  stall: Stall,
  timeouts: number,
  moments: Moments,
): Pick<TcpRecord, "outcome" | "because"> {
  // A sender that is told to end may itself reset its connection: one that says nothing of a death has seen none.
  const isReset = resetAt !== undefined && resetAt < moments.end;
  const dead = told?.dead;
  if (dead !== undefined || (told === undefined && isReset)) {
    const reset = isReset ? `a reset was seen ${(moments.ms(resetAt) / 1000).toFixed(2)} s after the change` : "";
    const words = [reset, dead === undefined ? "" : `the sender says: ${dead}`].filter((text) => text !== "");
    return { outcome: "died", because: words.join("; ") };
  }
  if (sent.length === 0) return { outcome: "died", because: "it never sent anything" };
  const seconds = stall.seconds.toFixed(2);
  if (stall.isOpen && stall.seconds >= leastTimeout) {
    return { outcome: "stalled", because: `nothing came through any more for ${seconds} s until the end` };
  }
  if (stall.seconds >= leastTimeout) {
    const seen = timeouts === 0 ? "without a retransmission time-out" : `${timeouts} retransmission time-outs seen`;
    return { outcome: "stalled", because: `nothing new arrived for ${seconds} s, ${seen}; then it went on` };
  }
  return { outcome: "survived", because: "no stall as long as a retransmission time-out" };
}

/** Segments that hold nothing new, and those of them that came so long after the same bytes that a time-out sent them. */
function sentAgain({ sent }: Segments): { readonly resent: number; readonly timeouts: number } {
  const lastSent = new Map<number, number>();
  let highest = 0;
  let resent = 0;
  let timeouts = 0;
  let lastTimeout = -Infinity;
  for (const { at, from, to } of sent) {
    if (from < highest) {
      resent += 1;
      const before = lastSent.get(from);
      // What a time-out sends is one segment; the others that it takes for lost follow at once.
      const isTimeout = before !== undefined && at - before >= leastTimeout && at - lastTimeout >= leastTimeout;
      if (isTimeout) {
        timeouts += 1;
        lastTimeout = at;
      }
    }
    lastSent.set(from, at);
    highest = Math.max(highest, to);
  }
  return { resent, timeouts };
}

interface Stall {
  readonly seconds: number;
  readonly at: number;
  /** It lasts until the end. */
  readonly isOpen: boolean;
}

/** The longest time from the sending of a byte that was the next to arrive until it did. */
function longestStall({ sent, arrived }: Segments, moments: Moments): Stall {
  let longest: Stall = { seconds: 0, at: moments.start, isOpen: false };
  let highest = 0;
  let next = 0;
  const firstSending = (byte: number): number | undefined => {
    while (next < sent.length && (sent[next]?.to ?? 0) <= byte) next += 1;
    return sent[next]?.at;
  };
  const look = (now: number, isOpen: boolean): void => {
    const since = firstSending(highest);
    if (since !== undefined && now - since > longest.seconds) longest = { seconds: now - since, at: since, isOpen };
  };
  for (const { at, to } of arrived) {
    if (to <= highest) continue;
    look(at, false);
    highest = to;
  }
  look(moments.end, true);
  return longest;
}
