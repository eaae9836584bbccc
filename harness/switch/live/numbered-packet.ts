import { numbersOf } from "../../observe/datagram.ts";
import { probeOfPattern, type TokenIndex } from "../../observe/token-index.ts";
import { transport } from "../../packet/form.ts";
import { IcmpType } from "../../packet/icmp.ts";
import { Icmpv6Type } from "../../packet/icmpv6.ts";
import type { Packet } from "../../packet/packet.ts";
import { layout } from "../../probe/udp/datagram.ts";
import type { Stream } from "../stream.ts";

/** One packet of a stream that numbers its packets: pings and datagrams. */
export interface NumberedPacket {
  /** Place in the list of streams. */
  readonly stream: number;
  readonly isForward: boolean;
  readonly number: number;
}

/** What packets of streams are recognized by. */
export function streamIndex(streams: readonly Stream[]): TokenIndex {
  const patterns = new Map(
    streams.flatMap(({ pattern }, index) => (pattern === undefined ? [] : [[pattern, index] as const])),
  );
  const nothing = new Map<never, never>();
  return { patterns, clientPorts: nothing, serverPorts: nothing, marks: nothing, ends: nothing };
}

/** Which packet of which stream this is; undefined where it is of none that numbers its packets. */
export function numberedPacket(packet: Packet, index: TokenIndex): NumberedPacket | undefined {
  const header = transport(packet);
  if (header?.kind === "udp") return datagram(packet, index);
  if ((header?.kind !== "icmp" && header?.kind !== "icmpv6") || !header.isEcho) return undefined;
  const stream = probeOfPattern(packet.payload, index);
  const request = header.kind === "icmp" ? IcmpType.echoRequest : Icmpv6Type.echoRequest;
  return stream === undefined ? undefined : { stream, isForward: header.type === request, number: header.sequence };
}

/** The bytes by which datagrams and their answers are told. */
const kinds = { question: 0x51, answer: 0x41 } as const;

function datagram({ payload }: Packet, index: TokenIndex): NumberedPacket | undefined {
  const kind = payload[layout.kind];
  if (kind !== kinds.question && kind !== kinds.answer) return undefined;
  const stream = probeOfPattern(payload.subarray(layout.pattern, layout.number), index);
  return stream === undefined
    ? undefined
    : { stream, isForward: kind === kinds.question, number: numbersOf(payload).number };
}
