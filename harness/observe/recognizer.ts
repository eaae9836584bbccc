import { innerIp, transport } from "../packet/form.ts";
import { IcmpType } from "../packet/icmp.ts";
import { Icmpv6Type } from "../packet/icmpv6.ts";
import type { IpLayer, Layer, TransportLayer } from "../packet/layer.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tcp } from "../packet/tcp.ts";
import type { Probe } from "../probe/probe.ts";
import { readDatagram } from "./datagram.ts";
import { FurtherWays } from "./further-ways.ts";
import type { FlowSubject, PatternSubject, Resolved, Side } from "./subject.ts";
import { endsKey, indexTokens, probeOfPattern, probeOfRequest, type TokenIndex } from "./token-index.ts";

/** TCP flags (RFC 9293 3.1): SYN without ACK opens a connection. */
const syn = 0x02;
const synAndAck = 0x12;

/** The subject of a packet and the side that sent it. */
export interface Identified {
  readonly subject: PatternSubject | FlowSubject;
  readonly side: Side;
}

/** What an ICMP error quotes of the packet that it is about; which probe that was can be asked when all has been read. */
export interface Quotation {
  readonly pattern?: number;
  readonly echo?: string;
  readonly flow?: string;
}

/**
 * Attributes packets to probes by their tokens, and not by their addresses, which NAT may change. A TCP flow whose client
 * port was masqueraded is only known from its request, and its SYN comes before that: so flows are remembered, and
 * `resolve` answers when everything has been read. One that ends before its request is known by its ends alone.
 */
export class Recognizer {
  readonly #index: TokenIndex;
  readonly #ways: FurtherWays;
  /** By probe, then by flow; that of echoes has none. */
  readonly #patterns = new Map<string, PatternSubject>();
  readonly #flows = new Map<string, FlowSubject>();
  /** Addresses and identifier of every request and reply seen, for errors that quote no more than that. */
  readonly #echoKeys = new Map<string, number>();

  constructor(probes: readonly Probe[]) {
    this.#index = indexTokens(probes);
    this.#ways = new FurtherWays(probes);
  }

  /** The subjects that packets were counted under. */
  subjects(): readonly (PatternSubject | FlowSubject)[] {
    return [...this.#patterns.values(), ...this.#flows.values()];
  }

  /** The subject of an echo or datagram with a known pattern, or of any TCP packet. */
  identify(packet: Packet): Identified | undefined {
    const ip = innerIp(packet);
    const header = transport(packet);
    if (ip === undefined || header === undefined) return undefined;
    if (header.kind === "tcp") return this.#identifyFlow(packet, ip, header);
    if (header.kind === "udp") return this.#identifyDatagram(packet.payload, ip);
    if (!header.isEcho) return undefined;
    const probe = probeOfPattern(packet.payload, this.#index);
    if (probe === undefined) return undefined;
    this.#echoKeys.set(echoKey(ip, header.identifier), probe);
    return { subject: this.#patternSubject(probe, "echo"), side: isRequest(header) ? 0 : 1 };
  }

  /** The probe of a subject: its request's mark decides, then the server's port, then the client's, then where it goes. */
  resolve(subject: PatternSubject | FlowSubject): Resolved | undefined {
    if (subject.kind === "pattern") return { probe: subject.probe, source: 0 };
    const sent = this.#sentBy(subject);
    return sent && { ...sent, probe: this.#ways.of(sent.probe, ...subject.between) };
  }

  #sentBy(subject: FlowSubject): Resolved | undefined {
    if (subject.marked !== undefined) return { probe: subject.marked.probe, source: subject.marked.client };
    // Masquerading may give a client the very port of another probe's server: who opened the connection settles it.
    const clients: readonly Side[] = subject.client === undefined ? [1, 0] : [subject.client];
    return (
      firstMatch(clients, (client) => this.#index.serverPorts.get(subject.ports[client === 0 ? 1 : 0])) ??
      firstMatch(clients, (client) => this.#index.clientPorts.get(subject.ports[client])) ??
      firstMatch(clients, () => this.#index.ends.get(subject.opened ?? ""))
    );
  }

  /** What an ICMP error quotes; missing in packets that are no ICMP error. */
  quotation(packet: Packet): Quotation | undefined {
    const quotedIp = lastIp(packet.quoted);
    const header = lastTransport(packet.quoted);
    if (quotedIp === undefined || header === undefined) return undefined;
    if (header.kind === "tcp") return { flow: flowKey(quotedIp, header).key };
    const pattern = probeOfPattern(packet.payload, this.#index);
    if (header.kind === "udp") return pattern === undefined ? undefined : { pattern };
    if (!header.isEcho) return undefined;
    const echo = echoKey(quotedIp, header.identifier);
    return pattern === undefined ? { echo } : { pattern, echo };
  }

  /** The probe that an ICMP error is about. */
  resolveQuotation({ pattern, echo, flow }: Quotation): number | undefined {
    if (pattern !== undefined) return pattern;
    if (echo !== undefined) return this.#echoKeys.get(echo);
    const subject = flow === undefined ? undefined : this.#flows.get(flow);
    return subject === undefined ? undefined : this.resolve(subject)?.probe;
  }

  #identifyDatagram(payload: Uint8Array, ip: IpLayer): Identified | undefined {
    const datagram = readDatagram(payload, this.#index);
    if (datagram === undefined) return undefined;
    const { flow, isAnswer } = datagram;
    const probe = this.#ways.of(datagram.probe, ip.source, ip.destination);
    return { subject: this.#patternSubject(probe, `udp ${flow}`), side: isAnswer ? 1 : 0 };
  }

  #patternSubject(probe: number, flow: string): PatternSubject {
    const key = `${probe} ${flow}`;
    const known = this.#patterns.get(key);
    if (known !== undefined) return known;
    const subject: PatternSubject = { kind: "pattern", probe, flow, tallies: new Map() };
    this.#patterns.set(key, subject);
    return subject;
  }

  #identifyFlow(packet: Packet, ip: IpLayer, tcp: Tcp): Identified {
    const { key, side } = flowKey(ip, tcp);
    let subject = this.#flows.get(key);
    if (subject === undefined) {
      const { sourcePort: own, destinationPort: other } = tcp;
      const ports: [number, number] = side === 0 ? [own, other] : [other, own];
      const between: [string, string] = side === 0 ? [ip.source, ip.destination] : [ip.destination, ip.source];
      subject = { kind: "flow", ports, between, first: [undefined, undefined], tallies: new Map() };
      this.#flows.set(key, subject);
    }
    if ((tcp.flags & syn) !== 0) subject.first[side] ??= tcp.sequence;
    if ((tcp.flags & synAndAck) === syn) {
      subject.client = side;
      subject.opened = endsKey(ip.source, ip.destination, tcp.destinationPort);
    }
    if (subject.marked === undefined) {
      const probe = probeOfRequest(packet.payload, this.#index);
      if (probe !== undefined) subject.marked = { probe, client: side };
    }
    return { subject, side };
  }
}

function firstMatch(clients: readonly Side[], probeOf: (client: Side) => number | undefined): Resolved | undefined {
  for (const source of clients) {
    const probe = probeOf(source);
    if (probe !== undefined) return { probe, source };
  }
  return undefined;
}

function flowKey(ip: IpLayer, tcp: Tcp): { readonly key: string; readonly side: Side } {
  const from = `${ip.source} ${tcp.sourcePort}`;
  const to = `${ip.destination} ${tcp.destinationPort}`;
  return from < to ? { key: `${from} ${to}`, side: 0 } : { key: `${to} ${from}`, side: 1 };
}

function echoKey(ip: IpLayer, identifier: number): string {
  return `${ip.source} ${ip.destination} ${identifier}`;
}

function isRequest(header: Exclude<TransportLayer, Tcp | { kind: "udp" }>): boolean {
  return header.kind === "icmp" ? header.type === IcmpType.echoRequest : header.type === Icmpv6Type.echoRequest;
}

function lastIp(layers: readonly Layer[]): IpLayer | undefined {
  return layers.findLast((layer) => layer.kind === "ipv4" || layer.kind === "ipv6");
}

function lastTransport(layers: readonly Layer[]): TransportLayer | undefined {
  const last = layers.findLast((layer) => layer.kind !== "truncated" && layer.kind !== "malformed");
  const isTransport = last?.kind === "tcp" || last?.kind === "udp" || last?.kind === "icmp" || last?.kind === "icmpv6";
  return isTransport ? last : undefined;
}
