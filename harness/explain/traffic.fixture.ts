import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ethernet, ipv4, tcp, udp } from "../packet/build.ts";
import { pcapBytes, type PacketToWrite } from "../packet/write-pcap.ts";
import { explainCapture, type CaptureSummary } from "./explain-capture.ts";

/** For tests only: what `explain` says of a capture with these packets. */
export async function explainPackets(packets: readonly PacketToWrite[]): Promise<CaptureSummary> {
  const folder = await mkdtemp(join(tmpdir(), "encaplab-packets-"));
  try {
    const file = join(folder, "in.pcap");
    await writeFile(file, pcapBytes(packets));
    return await explainCapture(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As many random bytes. */
export function noise(random: (below: number) => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** Bytes written in hexadecimal, with blanks where they help. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

/** A 32-bit number in network order. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

interface Ends {
  readonly client: string;
  readonly server: string;
  readonly clientPort: number;
  readonly serverPort: number;
}

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };

/** Two ends of which each sends payloads to the other, packet by packet. */
export class Connection {
  private readonly protocol: "TCP" | "UDP";
  private readonly ends: Ends;
  private readonly sequences = { up: 1_000, down: 50_000 };

  constructor(protocol: "TCP" | "UDP", serverPort: number, ends: Partial<Ends> = {}) {
    this.protocol = protocol;
    this.ends = { client: "10.0.1.11", server: "10.0.2.11", clientPort: 40_000, serverPort, ...ends };
  }

  /** What opens a connection over TCP; nothing over UDP. */
  opening(): PacketToWrite[] {
    if (this.protocol === "UDP") return [];
    return [this.segment("up", Buffer.alloc(0), 0x02), this.segment("down", Buffer.alloc(0), 0x12), this.acknowledge()];
  }

  acknowledge(): PacketToWrite {
    return this.segment("up", Buffer.alloc(0), 0x10);
  }

  up(payload: Uint8Array): PacketToWrite {
    return this.send("up", payload);
  }

  down(payload: Uint8Array): PacketToWrite {
    return this.send("down", payload);
  }

  private send(direction: "up" | "down", payload: Uint8Array): PacketToWrite {
    return this.protocol === "TCP" ? this.segment(direction, payload, 0x18) : this.datagram(direction, payload);
  }

  private segment(direction: "up" | "down", payload: Uint8Array, flags: number): PacketToWrite {
    const { sourcePort, destinationPort } = this.portsOf(direction);
    const sequence = this.sequences[direction];
    this.sequences[direction] += payload.length;
    const acknowledgment = this.sequences[direction === "up" ? "down" : "up"];
    // NOP, NOP, timestamps (RFC 7323): what most hosts send.
    const options = Buffer.concat([hex("0101 080a"), word(sequence), word(acknowledgment)]);
    const carried = tcp({ sourcePort, destinationPort, sequence, acknowledgment, flags, options }, payload);
    return this.frame(direction, 6, carried);
  }

  private datagram(direction: "up" | "down", payload: Uint8Array): PacketToWrite {
    return this.frame(direction, 17, udp(this.portsOf(direction), payload));
  }

  private portsOf(direction: "up" | "down"): { readonly sourcePort: number; readonly destinationPort: number } {
    const { clientPort, serverPort } = this.ends;
    return direction === "up"
      ? { sourcePort: clientPort, destinationPort: serverPort }
      : { sourcePort: serverPort, destinationPort: clientPort };
  }

  private frame(direction: "up" | "down", protocol: number, carried: Uint8Array): PacketToWrite {
    const { client, server } = this.ends;
    const [source, destination] = direction === "up" ? [client, server] : [server, client];
    return { bytes: ethernet(macs, ipv4({ source, destination, protocol }, carried)) };
  }
}
