import type { CaptureFile } from "../../capture/capture.ts";
import type { Packet } from "../../packet/packet.ts";
import { readCapture } from "../../packet/read-capture.ts";
import { ClockBounds } from "../clock-bounds.ts";
import type { Stream } from "../stream.ts";
import { numberedPacket, streamIndex, type NumberedPacket } from "./numbered-packet.ts";

/** Numbers that a stream has for its packets: those of ICMP echo (RFC 792). */
const numbers = 65_536;

/** What is known of clocks before captures are read. */
interface Asked {
  readonly routers: ReadonlySet<string>;
  /** Seconds by which each member's clock is ahead, as it was asked. */
  readonly clocks: ReadonlyMap<string, number>;
  readonly vxlanPorts: readonly number[];
}

/** By how many seconds each member's clock is ahead, from its packets that a router saw too; as it was asked where none tells. */
export async function clocksOnWire(
  streams: readonly Stream[],
  captures: readonly CaptureFile[],
  { routers, clocks, vxlanPorts }: Asked,
): Promise<ReadonlyMap<string, number>> {
  const index = streamIndex(streams);
  const bounds = new ClockBounds();
  const read = async ({ file }: CaptureFile, note: (own: NumberedPacket, key: number, at: number) => void) => {
    const hear = (packet: Packet): void => {
      const own = numberedPacket(packet, index);
      if (own === undefined) return;
      note(own, (own.stream * 2 + Number(own.isForward)) * numbers + own.number, packet.timeSeconds);
    };
    try {
      await readCapture(file, { vxlanPorts, growing: true, reuse: true }, hear);
    } catch {
      // Whoever reads it for what it holds says what is wrong with it.
    }
  };
  for (const capture of captures.filter(({ node }) => routers.has(node)))
    await read(capture, (_, key, at) => {
      bounds.passed(key, at - (clocks.get(capture.node) ?? 0));
    });
  for (const capture of captures.filter(({ node }) => !routers.has(node)))
    await read(capture, ({ stream, isForward }, key, at) => {
      const { source, target } = streams[stream]?.path ?? {};
      const [from, to] = isForward ? [source, target] : [target, source];
      if (from?.node === to?.node) return;
      if (from?.node === capture.node) bounds.sent(capture.node, key, at);
      if (to?.node === capture.node) bounds.received(capture.node, key, at);
    });
  return new Map([...clocks].map(([member, asked]) => [member, bounds.ahead(member) ?? asked] as const));
}
