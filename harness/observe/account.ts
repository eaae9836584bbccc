import { innerIp, transport } from "../packet/form.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tcp } from "../packet/tcp.ts";
import { numbersOf } from "./datagram.ts";
import type { FlowAccount } from "./observation.ts";
import { countStretches, mostOf, type Piece, type Stretch } from "./pieces.ts";

/** TCP flags that take a place in the sequence (RFC 9293 3.4): each counts like a byte. */
const fin = 0x01;
const syn = 0x02;

/** What went one way through a device. */
class Notes {
  acks = 0;
  readonly openings: number[] = [];
  /** Stretches as they came, those that follow each other joined: start, length, start, length, … */
  readonly #runs: number[] = [];

  get start(): number | undefined {
    return this.#runs[0];
  }

  note(start: number, length: number): void {
    const last = this.#runs.length - 2;
    const end = ((this.#runs[last] ?? 0) + (this.#runs[last + 1] ?? 0)) >>> 0;
    if (last >= 0 && end === start) this.#runs[last + 1] = (this.#runs[last + 1] ?? 0) + length;
    else this.#runs.push(start, length);
  }

  /** Sequence numbers wrap (RFC 9293 3.4): what lies before the base by less than half of them is negative. */
  pieces(base: number): readonly Piece[] {
    const stretches: Stretch[] = [];
    for (let at = 0; at < this.#runs.length; at += 2) {
      const from = ((this.#runs[at] ?? 0) - base) | 0;
      stretches.push({ from, to: from + (this.#runs[at + 1] ?? 0) });
    }
    return countStretches(stretches);
  }
}

/** Most devices hear a flow in one way alone. */
const nothing = new Notes();

/** Notes of each packet of one subject, at one tap in one direction, which part of its flow it is. */
export class Account {
  /** Where a packet enters and leaves by one device, both are the same packet. */
  #in = nothing;
  #out = nothing;
  #isTcp = false;
  #lastAt = 0;
  readonly #ports: number[] = [];
  #mss: number | undefined;

  /** Notes a packet that is known to belong here. */
  add(packet: Packet): void {
    const notes = this.#notesOf(packet);
    const header = transport(packet);
    this.#lastAt = packet.timeSeconds;
    if (header?.kind === "tcp") this.#addSegment(packet, header, notes);
    else if (header?.kind === "udp") notes.note(numbersOf(packet.payload).number, 1);
    else if (header !== undefined) notes.note(header.sequence, 1);
    const port = firstPort(packet);
    if (port !== undefined && !this.#ports.includes(port)) this.#ports.push(port);
  }

  /** Positions of TCP count from the sequence number with which the direction began. */
  toFlow(flow: string, first: number | undefined): FlowAccount {
    const base = this.#isTcp ? (first ?? this.#in.start ?? this.#out.start ?? 0) : 0;
    const openings = this.#in.openings.length >= this.#out.openings.length ? this.#in.openings : this.#out.openings;
    return {
      flow,
      unit: this.#isTcp ? "bytes" : "packets",
      pieces: mostOf(this.#in.pieces(base), this.#out.pieces(base)),
      acks: Math.max(this.#in.acks, this.#out.acks),
      openings,
      lastAt: this.#lastAt,
      sourcePorts: this.#ports,
      ...(this.#mss === undefined ? {} : { mss: this.#mss }),
    };
  }

  #notesOf({ packetType }: Packet): Notes {
    if (packetType === "out") return this.#out === nothing ? (this.#out = new Notes()) : this.#out;
    return this.#in === nothing ? (this.#in = new Notes()) : this.#in;
  }

  #addSegment(packet: Packet, tcp: Tcp, notes: Notes): void {
    const ip = innerIp(packet);
    if (ip === undefined) return;
    this.#isTcp = true;
    const data = ip.length - ip.headerLength - tcp.headerLength;
    const flags = ((tcp.flags & syn) === 0 ? 0 : 1) + ((tcp.flags & fin) === 0 ? 0 : 1);
    if (data + flags > 0) notes.note(tcp.sequence, data + flags);
    else notes.acks += 1;
    if ((tcp.flags & syn) === 0) return;
    notes.openings.push(packet.timeSeconds);
    this.#mss ??= tcp.maximumSegmentSize;
  }
}

/** Source port of the outermost header that has one before the payload of IP begins anew; missing in IPIP. */
function firstPort(packet: Packet): number | undefined {
  let depth = 0;
  for (const layer of packet.layers) {
    if (layer.kind === "udp" || layer.kind === "tcp") return layer.sourcePort;
    if ((layer.kind === "ipv4" || layer.kind === "ipv6") && ++depth > 1) return undefined;
  }
  return undefined;
}
