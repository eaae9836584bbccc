import type { CaptureFile } from "../capture/capture.ts";
import { groupBy } from "../core/group-by.ts";
import { decode } from "../packet/decode.ts";
import { innerIp, outerIp, transport } from "../packet/form.ts";
import type { Packet } from "../packet/packet.ts";
import { defaultVxlanPorts, readCapture } from "../packet/read-capture.ts";
import { dataMessageOf } from "../packet/tunnel/wireguard.ts";
import { probePorts } from "../probe/probe-command.ts";
import { CaptureError } from "../packet/capture-error.ts";
import { pairMessages, type Entering, type Leaving } from "./wireguard-pairing.ts";

/** Who encrypts what. */
export interface Encryption {
  /** The devices that packets enter to be encrypted. */
  readonly devices: readonly string[];
  /** Underlay address of the node that decrypts what goes to an address. */
  peerOf(address: string): string | undefined;
  /** MTU of the device that packets to an address enter. */
  mtuFor(address: string): number;
  /** MTU of pods in bytes: what they send in large segments leaves in messages of that size, or of the device's MTU. */
  readonly podMtu: number;
}

/** Gives a message of WireGuard the packet that it carries, where that is known; all other packets are given back as they are. */
export type Unwrap = (packet: Packet) => Packet;

/** A packet that entered a device, and where. */
interface Entered {
  readonly packet: Packet;
  readonly note: string;
}

/**
 * Reads captures for what entered WireGuard's devices and what left their nodes encrypted, and pairs them (see `pairMessages`). Every
 * other tap then knows a message again by its session and counter, so that a packet can be followed from hop to hop although nobody can
 * read it. What a node's capture does not show stays a message of nobody's.
 */
export async function unwrapping(
  captures: readonly CaptureFile[],
  encryption: Encryption | undefined,
): Promise<Unwrap> {
  if (encryption === undefined) return (packet) => packet;
  const carried = new Map<string, Entered>();
  for (const capture of captures) {
    for (const [key, entered] of await pairsOf(capture, encryption)) carried.set(key, entered);
  }
  return (packet) => {
    const key = keyOf(packet);
    const entered = key === undefined ? undefined : carried.get(key);
    return entered === undefined ? packet : packet.carrying(entered.packet, entered.note);
  };
}

async function pairsOf(capture: CaptureFile, encryption: Encryption): Promise<ReadonlyMap<string, Entered>> {
  const entering: (Entering<Entered> & { readonly peer: string; readonly mtu: number })[] = [];
  const leaving: (Leaving & { readonly peer: string })[] = [];
  await readPackets(capture, (packet) => {
    if (packet.packetType !== "out") return;
    const device = capture.interfaces.get(packet.interfaceIndex ?? -1) ?? "";
    const ip = outerIp(packet);
    if (ip === undefined) return;
    const { timeSeconds: time } = packet;
    if (encryption.devices.includes(device)) {
      const peer = encryption.peerOf(ip.destination);
      if (peer === undefined) return;
      const note = `(encrypted; by order and size what entered ${device} of ${capture.node})`;
      const content = { packet: kept(packet), note };
      entering.push({ content, time, ...sizesOf(packet), peer, mtu: encryption.mtuFor(ip.destination) });
      return;
    }
    const key = keyOf(packet);
    const message = dataMessageOf(packet);
    if (key !== undefined && message !== undefined)
      leaving.push({ key, time, length: message.length, peer: ip.destination });
  });
  const messages = groupBy(leaving, ({ peer }) => peer);
  const pairs = [...groupBy(entering, ({ peer }) => peer)].flatMap(([peer, own]) => [
    ...pairMessages(own, messages.get(peer) ?? [], { mtu: own[0]?.mtu ?? 0, podMtu: encryption.podMtu }),
  ]);
  return new Map(pairs);
}

/** A file that cannot be read is a doubt about its taps, which whoever reads it for the probes will tell. */
async function readPackets(capture: CaptureFile, onPacket: (packet: Packet) => void): Promise<void> {
  try {
    await readCapture(capture.file, { growing: true, reuse: true, plainPorts: probePorts }, onPacket);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
}

/** Sizes by IP's own length: the capture may hold less. */
function sizesOf(packet: Packet): Pick<Entering<unknown>, "length" | "headers"> {
  const ip = innerIp(packet);
  const header = transport(packet);
  const length = ip?.length ?? 0;
  return ip === undefined || header?.kind !== "tcp"
    ? { length }
    : { length, headers: ip.headerLength + header.headerLength };
}

/** The bytes of a packet are the reader's, which uses them again. */
function kept(packet: Packet): Packet {
  const { number, timeSeconds, capturedLength, originalLength } = packet;
  const record = { number, timeSeconds, capturedLength, originalLength, bytes: Uint8Array.from(packet.bytes) };
  return decode(record, "sll2", defaultVxlanPorts, probePorts);
}

/** Tells a message from all others, at whatever tap. */
function keyOf(packet: Packet): string | undefined {
  const message = dataMessageOf(packet);
  const ip = message === undefined ? undefined : outerIp(packet);
  return message === undefined || ip === undefined
    ? undefined
    : `${ip.source} ${ip.destination} ${message.receiver} ${message.counter}`;
}
