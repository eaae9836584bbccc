import { uint16, uint8 } from "../packet/bytes.ts";
import type { Packet } from "../packet/packet.ts";
import { isOpenvpnData } from "../packet/tunnel/openvpn.ts";
import { isLaterStt, sttPort } from "../packet/tunnel/stt.ts";
import { Counts } from "./capture-facts.ts";
import { datagramOf, type Datagram } from "./datagram.ts";
import { InStep } from "./in-step.ts";
import { Suspicions } from "./suspicion.ts";
import { ToldFlow, zerotierPort, type ToldTunnel } from "./told-flow.ts";

/** Connections that are remembered at most: those that were told, and those that may still be. */
const mostFlows = 10_000;

/** Segments without their frame's first one that make a look: real TCP to STT's port fits each with odds below one half. */
const enoughParts = 16;

/**
 * Tells tunnels that no single packet does: OpenVPN and ESP in TCP or on ports of their own by how their connections begin, later parts
 * of STT by their first. What only looks like one stays plain and is said.
 */
export class FlowTunnels {
  /** Packets by the tunnel that their connection was told to be. */
  readonly told = new Counts();
  readonly suspicions = new Suspicions();
  private readonly tunnels = new Map<string, ToldTunnel>();
  /** Connections that have shown something, and may be told by what follows. */
  private readonly candidates = new Map<string, ToldFlow>();
  private readonly stt = new Map<string, { isTold: boolean; parts: number }>();
  private readonly inStep = new InStep();

  /** The packet itself, or with the tunnel that its connection is known for. */
  tell(packet: Packet): Packet {
    const datagram = datagramOf(packet);
    if (datagram === undefined) {
      this.seeStt(packet);
      return packet;
    }
    const tunnel = this.tunnelOf(packet, datagram);
    if (tunnel === undefined) return packet;
    this.told.add(tunnel.text);
    const { form, text } = tunnel;
    return packet.within({ kind: "tunnel", form, id: undefined, text, opaque: true });
  }

  private tunnelOf(packet: Packet, datagram: Datagram): ToldTunnel | undefined {
    const { protocol, payload, destinationPort } = datagram;
    if (protocol === "TCP" && destinationPort === sttPort && isLaterStt(packet)) return this.partOfStt(datagram);
    const mayBegin = payload.length > 0 && maySayMore(datagram);
    const found = this.tunnels.size > 0 || mayBegin ? this.toldBy(datagram, mayBegin) : undefined;
    if (found !== undefined) return isControl(found, datagram) ? undefined : found;
    if (payload.length > 0) this.suspect(datagram);
    return undefined;
  }

  /** What the connection is known for, or what it is told to be by this. */
  private toldBy(datagram: Datagram, mayBegin: boolean): ToldTunnel | undefined {
    const key = keyOf(datagram);
    if (datagram.opens) this.tunnels.delete(key);
    const known = this.tunnels.get(key);
    if (known !== undefined || !mayBegin) return known;
    const flow = this.candidates.get(key) ?? new ToldFlow();
    flow.hear(datagram);
    // Behind all others again, or out of them: the first is forgotten first.
    this.candidates.delete(key);
    if (flow.told !== undefined) setBounded(this.tunnels, key, flow.told);
    else setBounded(this.candidates, key, flow);
    return flow.told;
  }

  private suspect(datagram: Datagram): void {
    const { protocol, ip, sourcePort, destinationPort, payload, length } = datagram;
    const port = `${protocol} ${Math.min(sourcePort, destinationPort)}`;
    const look = protocol === "UDP" ? lookOfDatagram(payload, length) : undefined;
    const { looksLike, packets } = look === undefined ? (this.inStep.hear(datagram) ?? {}) : { looksLike: look };
    if (looksLike !== undefined) this.suspicions.add(ip.source, ip.destination, port, looksLike, packets);
  }

  /** A packet of STT that told itself: its frame's later parts follow on the same connection. */
  private seeStt({ layers }: Packet): void {
    const at = layers.findIndex((layer) => layer.kind === "tunnel" && layer.form === "stt");
    const [ip, tcp] = [layers[at - 2], layers[at - 1]];
    if (at < 2 || tcp?.kind !== "tcp" || (ip?.kind !== "ipv4" && ip?.kind !== "ipv6")) return;
    this.sttOf(`${ip.source} ${ip.destination} ${tcp.sourcePort}`).isTold = true;
  }

  private partOfStt({ ip, sourcePort }: Datagram): ToldTunnel | undefined {
    const flow = this.sttOf(`${ip.source} ${ip.destination} ${sourcePort}`);
    if (flow.isTold) return { form: "stt", text: `STT in TCP ${sttPort}` };
    flow.parts += 1;
    if (flow.parts >= enoughParts) {
      const packets = flow.parts === enoughParts ? enoughParts : 1;
      this.suspicions.add(ip.source, ip.destination, `TCP ${sttPort}`, "STT", packets);
    }
    return undefined;
  }

  private sttOf(key: string): { isTold: boolean; parts: number } {
    const known = this.stt.get(key);
    if (known !== undefined) return known;
    const flow = { isTold: false, parts: 0 };
    setBounded(this.stt, key, flow);
    return flow;
  }
}

/** Adds to what is remembered; the first is forgotten where it is full. */
function setBounded<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= mostFlows) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(key, value);
}

/** Ports at which records alone tell. */
const recordPorts: readonly number[] = [4500, 1194];

/** Whether a payload may be one that tells its connection: the first bytes of what begins one, or a record at a tunnel's own port. */
function maySayMore({ protocol, payload, length, sourcePort, destinationPort }: Datagram): boolean {
  if (protocol === "UDP")
    return beginsOpenvpn(uint8(payload, 0)) || sourcePort === zerotierPort || destinationPort === zerotierPort;
  if (uint8(payload, 0) === 0x49 && uint8(payload, 1) === 0x4b) return true;
  const said = uint16(payload, 0);
  const isRecord = said === length || said === length - 2;
  if (isRecord && (recordPorts.includes(sourcePort) || recordPorts.includes(destinationPort))) return true;
  return said === length - 2 && beginsOpenvpn(uint8(payload, 2));
}

/** Resets of either end, control and acknowledgment, with the first key. */
function beginsOpenvpn(first: number): boolean {
  return first === 0x38 || first === 0x40 || first === 0x50 || first === 0x20 || first === 0x28;
}

/** OpenVPN's messages in UDP are told apart each, as at its own port: control messages are UDP like any other. */
function isControl({ form }: ToldTunnel, { protocol, payload }: Datagram): boolean {
  return form === "openvpn" && protocol === "UDP" && !isOpenvpnData(uint8(payload, 0));
}

function keyOf({ protocol, ip, sourcePort, destinationPort }: Datagram): string {
  const [one, other] = [`${ip.source} ${sourcePort}`, `${ip.destination} ${destinationPort}`];
  return one < other ? `${protocol} ${one} ${other}` : `${protocol} ${other} ${one}`;
}

/** Tailscale's magic (https://pkg.go.dev/tailscale.com/disco): 6 bytes, odds 2^-48; its key, nonce and tag follow. */
const discoMagic = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac];
const leastDisco = 6 + 32 + 24 + 16;

/** What a single datagram looks like: the record of DTLS that carries data (RFC 6347 section 4.1) has its length, odds 2^-39. */
function lookOfDatagram(payload: Uint8Array, length: number): "DTLS" | "Tailscale" | undefined {
  const first = uint8(payload, 0);
  if (first === 23) {
    const version = uint16(payload, 1);
    const isDtls = (version === 0xfeff || version === 0xfefd) && payload.length >= 13;
    return isDtls && uint16(payload, 11) + 13 <= length && uint16(payload, 11) > 0 ? "DTLS" : undefined;
  }
  const isDisco = first === 0x54 && length >= leastDisco && discoMagic.every((byte, at) => uint8(payload, at) === byte);
  return isDisco ? "Tailscale" : undefined;
}
