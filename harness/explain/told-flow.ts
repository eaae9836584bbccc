import { uint16, uint32 } from "../packet/bytes.ts";
import { isOpenvpnData, openvpnReset, openvpnSession, type OpenvpnReset } from "../packet/tunnel/openvpn.ts";
import type { TunnelForm } from "../packet/tunnel/tunnel.ts";
import type { Datagram } from "./datagram.ts";

/** What a payload is looked at by: whose addresses it has, its connection knows. */
type Carried = Omit<Datagram, "ip" | "opens">;

/** A tunnel that a connection was found to be. */
export interface ToldTunnel {
  readonly form: TunnelForm;
  /** "OpenVPN in TCP 443" */
  readonly text: string;
}

/** Port of IKE and ESP in TCP, and of ESP in UDP (RFC 9329 section 2, RFC 3948). */
const natTraversal = 4500;
const streamPrefix = Buffer.from("IKETCP");
/** OpenVPN's (IANA). */
const openvpnPort = 1194;
/** By default (https://docs.zerotier.com/config), where address translation has left it on one side. */
export const zerotierPort = 9993;
/** Pairs of ends that one connection may show before it is somebody else's. */
const mostEnds = 8;
/** Records at a tunnel's own port that make it certain: random bytes fit twice with odds of 2^-32 and less. */
const enoughRecords = 2;

/** What one connection over TCP or UDP has shown of itself until it is known, or not, for a tunnel's. */
export class ToldFlow {
  told: ToldTunnel | undefined;
  private reset: OpenvpnReset | undefined;
  private records = 0;
  private readonly zerotierEnds = new Set<string>();

  /** Looks at a payload; true once the connection is told. */
  hear(datagram: Carried): boolean {
    this.told ??= this.ofIke(datagram) ?? this.ofOpenvpn(datagram) ?? this.ofZerotier(datagram);
    return this.told !== undefined;
  }

  /** RFC 9329 section 4: the stream begins with IKETCP; each record begins with its length, which counts itself. */
  private ofIke({ protocol, payload, length, destinationPort, sourcePort }: Carried): ToldTunnel | undefined {
    if (protocol !== "TCP") return undefined;
    const isNear = destinationPort === natTraversal || sourcePort === natTraversal;
    const port = sourcePort === natTraversal ? sourcePort : destinationPort;
    if (Buffer.from(payload.subarray(0, streamPrefix.length)).equals(streamPrefix)) {
      const record = payload.subarray(streamPrefix.length);
      const isIke = record.length < 6 || uint32(record, 2) === 0;
      return isIke ? espIn(port) : undefined;
    }
    if (!isNear || payload.length < 10 || uint16(payload, 0) !== length) return undefined;
    const spi = uint32(payload, 2);
    // 1 to 255 are reserved (RFC 4303 section 2.1), 0 stands before IKE's.
    if (spi > 0 && spi < 256) return undefined;
    this.records += 1;
    return this.records >= enoughRecords ? espIn(port) : undefined;
  }

  /** Its packets name receiver and sender behind a number (https://docs.zerotier.com/protocol): 10 bytes that stay, odds 2^-80. */
  private ofZerotier({ protocol, payload, length, sourcePort, destinationPort }: Carried): ToldTunnel | undefined {
    const isNear = sourcePort === zerotierPort || destinationPort === zerotierPort;
    if (protocol !== "UDP" || !isNear || payload.length < 19 || length < 28) return undefined;
    const ends = Buffer.from(payload.subarray(8, 18)).toString("hex");
    const isSame = this.zerotierEnds.has(ends);
    if (this.zerotierEnds.size < mostEnds) this.zerotierEnds.add(ends);
    return isSame ? { form: "zerotier", text: `ZeroTier in UDP ${zerotierPort}` } : undefined;
  }

  private ofOpenvpn(datagram: Carried): ToldTunnel | undefined {
    const { protocol, sourcePort, destinationPort } = datagram;
    const message = messageOf(datagram);
    if (message === undefined) return undefined;
    const { payload, length } = message;
    const reset = openvpnReset(payload, length);
    if (reset?.by === "client") {
      this.reset = reset;
      return undefined;
    }
    const { reset: before } = this;
    if (before !== undefined) {
      const isAnswer = reset !== undefined && (reset.answers === undefined || reset.answers === before.session);
      if (isAnswer) return openvpnIn(protocol, sourcePort);
      if (openvpnSession(payload) === before.session) return openvpnIn(protocol, destinationPort);
    }
    const isNear = destinationPort === openvpnPort || sourcePort === openvpnPort;
    if (protocol !== "TCP" || !isNear || !isOpenvpnData(payload[0] ?? 0)) return undefined;
    this.records += 1;
    return this.records >= enoughRecords ? openvpnIn(protocol, openvpnPort) : undefined;
  }
}

/** OpenVPN's message in a datagram, or in a segment that is one: its length comes first there. */
function messageOf({ protocol, payload, length }: Carried): { payload: Uint8Array; length: number } | undefined {
  if (protocol === "UDP") return { payload, length };
  return uint16(payload, 0) === length - 2 ? { payload: payload.subarray(2), length: length - 2 } : undefined;
}

function espIn(port: number): ToldTunnel {
  return { form: "esp", text: `ESP in TCP ${port}` };
}

function openvpnIn(protocol: string, port: number): ToldTunnel {
  return { form: "openvpn", text: `OpenVPN in ${protocol} ${port}` };
}
