import { uint16, uint32 } from "../packet/bytes.ts";
import type { Datagram } from "./datagram.ts";

/** Steps of one that a counter must make: random bytes make one with odds of 2^-32. */
const enoughSteps = 8;
/** Part of all steps that must be of one: the rest were lost on their way, or not captured. */
const mostlyOne = 0.75;
/** A counter may jump by this where packets are missing, or overtook each other. */
const mostMissing = 64;
/** Places for first words that may come again: 16 bits of a hash. */
const places = 0x10000;
/** Connections that are watched at once, since a first word came again. */
const mostWatched = 4_096;

/** Bytes looked at behind the counter, whether they look encrypted: behind an initialization vector, which may be a counter too. */
const sample = { at: 16, length: 16 } as const;
/**
 * Values that so many sampled bytes must have: 8 steps sample 128 or more bytes, of which random ones have 100 values (± 5), text
 * some 40 and measurements fewer.
 */
const enoughValues = 80;

/** Packets of OpenVPN's whose numbers are encrypted too (AES-CBC): their first word alone stays. They sample 192 bytes, random ones have 135 values. */
const enoughOfOpenvpn = { packets: 12, values: 105 } as const;

/** What a connection looks like whose packets begin with a word that stays and one that counts. */
type InStepLook = "ESP" | "OpenVPN";

/** One direction of a connection with one first word. */
class Watched {
  /** Source and destination in one number. */
  readonly ports: number;
  counter: number;
  packets = 1;
  ones = 0;
  jumps = 0;
  /** Every length was a multiple of 4, as ESP pads (RFC 4303 section 2.4). */
  isPadded = true;
  /** Of the sampled bytes. */
  readonly values = new Set<number>();
  look: InStepLook | undefined;

  constructor(ports: number, counter: number) {
    this.ports = ports;
    this.counter = counter;
  }
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
  /** The last first word, ports and counter at each place: random bytes leave there what never comes again. */
  private readonly words = new Uint32Array(places);
  private readonly ports = new Uint32Array(places);
  private readonly counters = new Uint32Array(places);
  /** By first word and ports: what came again. */
  private readonly watched = new Map<number, Watched>();

  /** Looks at a payload; tells what its connection looks like, once it does. */
  hear({ protocol, payload, length, sourcePort, destinationPort }: Omit<Datagram, "ip" | "opens">): Found | undefined {
    const at = protocol === "UDP" ? 0 : startOfRecord(payload, length);
    if (at === undefined || payload.length < at + sample.at + sample.length) return undefined;
    const word = uint32(payload, at);
    // Reserved by RFC 4303 section 2.1, and the mark of what is no ESP (RFC 3948).
    if (word < 256) return undefined;
    const ports = ((sourcePort << 16) | destinationPort) >>> 0;
    const counter = uint32(payload, at + 4);
    const known = this.knownBy(word, ports, counter);
    if (known === undefined) return undefined;
    step(known, counter, length - at, payload.subarray(at + sample.at, at + sample.at + sample.length));
    const before = known.look;
    known.look ??= lookOf(known, word);
    if (known.look === undefined) return undefined;
    return { looksLike: known.look, packets: before === undefined ? known.packets : 1 };
  }

  /** What is watched with this word and these ports; undefined where the word comes for the first time, and has its place now. */
  private knownBy(word: number, ports: number, counter: number): Watched | undefined {
    const place = (Math.imul(word ^ ports, 0x9e3779b1) >>> 16) & (places - 1);
    if (this.words[place] !== word || this.ports[place] !== ports) {
      this.words[place] = word;
      this.ports[place] = ports;
      this.counters[place] = counter;
      return undefined;
    }
    const first = this.counters[place] ?? 0;
    // Less than 2^53, and two connections meet only where their ports do, too.
    const key = word * 0x10000 + (ports % 0xfff1);
    const known = this.watched.get(key);
    if (known?.ports === ports) return known;
    this.counters[place] = counter;
    // What is only sent again, or stays for another reason, counts nothing.
    const isStep = counter > first && counter - first <= mostMissing;
    if (!isStep && !isOpenvpn(word)) return undefined;
    if (this.watched.size >= mostWatched) this.watched.clear();
    const watched = new Watched(ports, first);
    this.watched.set(key, watched);
    return watched;
  }
}

/** Records in TCP have their length first, with itself (RFC 9329) or without (OpenVPN). */
function startOfRecord(payload: Uint8Array, length: number): number | undefined {
  const said = uint16(payload, 0);
  return said === length || said === length - 2 ? 2 : undefined;
}

function step(watched: Watched, counter: number, length: number, sampled: Uint8Array): void {
  const difference = counter - watched.counter;
  // A capture on several interfaces has each packet more than once.
  if (difference === 0) return;
  watched.packets += 1;
  if (difference === 1) watched.ones += 1;
  else watched.jumps += Math.abs(difference) <= mostMissing ? 1 : Number.POSITIVE_INFINITY;
  watched.counter = Math.max(watched.counter, counter);
  if (length % 4 !== 0) watched.isPadded = false;
  if (watched.look === undefined) for (const value of sampled) watched.values.add(value);
}

function lookOf({ packets, ones, jumps, isPadded, values }: Watched, word: number): InStepLook | undefined {
  if (isOpenvpn(word) && packets >= enoughOfOpenvpn.packets && values.size >= enoughOfOpenvpn.values) return "OpenVPN";
  if (ones < enoughSteps || ones < (ones + jumps) * mostlyOne || values.size < enoughValues) return undefined;
  if (isOpenvpn(word)) return "OpenVPN";
  return isPadded ? "ESP" : undefined;
}

/** Opcode 9 and the number of a key, then the number of a peer: none, or one below 65 536. */
function isOpenvpn(word: number): boolean {
  const peer = word & 0xffffff;
  return word >>> 27 === 9 && (peer <= 0xffff || peer === 0xffffff);
}
