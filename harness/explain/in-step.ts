import { uint16, uint32 } from "../packet/bytes.ts";
import type { Datagram } from "./datagram.ts";

/** Steps of one that a counter must make: random bytes make one with odds of 2^-32. */
const enoughSteps = 8;
/** Part of all steps that must be of one: the rest were lost on their way, or not captured. */
const mostlyOne = 0.75;
/** A counter may jump by this where packets are missing. */
const mostMissing = 64;
/** Connections that are watched at once. */
const mostWatched = 4_096;

/** Bytes looked at behind the counter, whether they look encrypted: behind an initialization vector, which may be a counter too. */
const sample = { at: 16, length: 16 } as const;
/**
 * Values that so many sampled bytes must have: 8 steps sample 128 or more bytes, of which random ones have 100 values (± 5), text
 * some 40 and measurements fewer.
 */
const enoughValues = 80;

/** What a connection looks like whose packets begin with a word that stays and one that counts. */
type InStepLook = "ESP" | "OpenVPN";

/** One direction of a connection with one first word. */
interface Watched {
  readonly sourcePort: number;
  readonly destinationPort: number;
  counter: number;
  ones: number;
  jumps: number;
  /** Every length was a multiple of 4, as ESP pads (RFC 4303 section 2.4). */
  isPadded: boolean;
  readonly values: Set<number>;
  look: InStepLook | undefined;
}

/** What a connection looks like, and how many of its packets that was found by: all so far at first, then one by one. */
interface Found {
  readonly looksLike: InStepLook;
  readonly packets: number;
}

/**
 * Finds ESP (RFC 4303) and OpenVPN's data (opcode 9) where no port and no handshake names them: a first word that stays, a second that
 * counts packets, and then what looks encrypted. Other protocols may be made like that too, so it is a look and no proof.
 */
export class InStep {
  /** By first word and ports: random bytes fill it with words that never come again. */
  private readonly watched = new Map<number, Watched>();

  /** Looks at a payload; tells what its connection looks like, once it does. */
  hear({ protocol, payload, length, sourcePort, destinationPort }: Datagram): Found | undefined {
    const at = protocol === "UDP" ? 0 : startOfRecord(payload, length);
    if (at === undefined || payload.length < at + sample.at + sample.length) return undefined;
    const word = uint32(payload, at);
    // Reserved by RFC 4303 section 2.1, and the mark of what is no ESP (RFC 3948).
    if (word < 256) return undefined;
    const key = word * 0x10000 + ((sourcePort * 31 + destinationPort) & 0xffff);
    const counter = uint32(payload, at + 4);
    const known = this.watched.get(key);
    if (known === undefined) {
      this.watch(key, sourcePort, destinationPort, counter);
      return undefined;
    }
    if (known.sourcePort !== sourcePort || known.destinationPort !== destinationPort) return undefined;
    step(known, counter, length - at, payload.subarray(at + sample.at, at + sample.at + sample.length));
    const before = known.look;
    known.look ??= lookOf(known, word);
    if (known.look === undefined) return undefined;
    return { looksLike: known.look, packets: before === undefined ? known.ones + known.jumps + 1 : 1 };
  }

  private watch(key: number, sourcePort: number, destinationPort: number, counter: number): void {
    if (this.watched.size >= mostWatched) {
      for (const oldest of this.watched.keys()) {
        this.watched.delete(oldest);
        break;
      }
    }
    const values = new Set<number>();
    const watched = {
      sourcePort,
      destinationPort,
      counter,
      ones: 0,
      jumps: 0,
      isPadded: true,
      values,
      look: undefined,
    };
    this.watched.set(key, watched);
  }
}

/** Records in TCP have their length first, with itself (RFC 9329) or without (OpenVPN). */
function startOfRecord(payload: Uint8Array, length: number): number | undefined {
  const said = uint16(payload, 0);
  return said === length || said === length - 2 ? 2 : undefined;
}

function step(watched: Watched, counter: number, length: number, sampled: Uint8Array): void {
  const difference = counter - watched.counter;
  if (difference === 1) watched.ones += 1;
  else if (difference > 0 && difference <= mostMissing) watched.jumps += 1;
  else watched.jumps = Number.POSITIVE_INFINITY;
  watched.counter = counter;
  if (length % 4 !== 0) watched.isPadded = false;
  if (watched.look === undefined) for (const value of sampled) watched.values.add(value);
}

function lookOf({ ones, jumps, isPadded, values }: Watched, word: number): InStepLook | undefined {
  if (ones < enoughSteps || ones < (ones + jumps) * mostlyOne || values.size < enoughValues) return undefined;
  // Opcode 9 and the number of a key, then the number of a peer.
  if (word >>> 27 === 9) return "OpenVPN";
  return isPadded ? "ESP" : undefined;
}
