// Makes the captures of docs/wire/ from a run: npx tsx scripts/wire-captures.ts results/RUN…
// Of each mode the first ping from a pod of a1 to one in its rack and to one in the other, with its answer, at every hop.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LinkType } from "../harness/packet/link/link-type.ts";
import type { Packet } from "../harness/packet/packet.ts";
import { PcapngBlocks } from "../harness/packet/pcapng.fixture.ts";
import { readCapture } from "../harness/packet/read-capture.ts";
import type { PathRecord, RunRecord } from "../harness/run/record.ts";
import { wireFolder } from "./wire-page.ts";

/** One packet where it was heard. */
interface Heard {
  readonly at: string;
  readonly bytes: Uint8Array;
  readonly timeSeconds: number;
}

const wanted = /\/pod-to-pod\/(?:same|cross)-subnet\/v4\/a1->(?:a2|b1)$/;

/** Bytes of a ping as ping(8) sends it by default: 56 of payload, 8 of ICMP, 20 of IP. */
const pingBytes = 84;

async function captureOf(folder: string, mode: string, paths: readonly PathRecord[]): Promise<Buffer> {
  const heard: Heard[] = [];
  for (const path of paths) heard.push(...(await packetsOf(folder, mode, path)));
  const places = [...new Set(heard.map(({ at }) => at))];
  const blocks = new PcapngBlocks();
  return Buffer.concat([
    blocks.section(),
    ...places.map((name) => blocks.interface({ linkType: LinkType.sll2, name, resolution: 6 })),
    ...heard.map(({ at, bytes, timeSeconds }) =>
      blocks.enhancedPacket(bytes, { interface: places.indexOf(at), ticks: BigInt(Math.round(timeSeconds * 1e6)) }),
    ),
  ]);
}

/** A node hears a packet at its hops one after the other: the first record of a request is its first hop there. */
async function packetsOf(folder: string, mode: string, { hops, expectation }: PathRecord): Promise<readonly Heard[]> {
  const { sources, destination } = expectation.forward;
  const packets = new Map<string, Heard[]>();
  for (const at of new Set(hops.map(({ node }) => node))) {
    await readCapture(join(folder, "pcaps", mode, `${at}.pcap`), {}, (packet) => {
      const direction = directionOf(packet, sources[0] ?? "", destination);
      if (direction === undefined) return;
      const key = `${direction} ${at}`;
      const one = { at, bytes: Uint8Array.from(packet.bytes), timeSeconds: packet.timeSeconds };
      packets.set(key, [...(packets.get(key) ?? []), one]);
    });
  }
  return hops.flatMap(({ direction, node, device, role }) => {
    const packet = packets.get(`${direction} ${node}`)?.shift();
    return packet === undefined ? [] : [{ ...packet, at: `${node}/${role.endsWith("-pod") ? "pod" : device}` }];
  });
}

function directionOf({ layers }: Packet, source: string, destination: string): "forward" | "reverse" | undefined {
  const ip = layers.filter((layer) => layer.kind === "ipv4").at(-1);
  const icmp = layers.at(-1);
  if (ip?.length !== pingBytes || icmp?.kind !== "icmp" || !icmp.isEcho || icmp.sequence !== 1) return undefined;
  if (ip.source === source && ip.destination === destination) return "forward";
  return ip.source === destination && ip.destination === source ? "reverse" : undefined;
}

for (const folder of process.argv.slice(2)) {
  const { scenarios } = JSON.parse(await readFile(join(folder, "run.json"), "utf8")) as RunRecord;
  await mkdir(wireFolder, { recursive: true });
  for (const { mode, paths } of scenarios) {
    const own = paths.filter(({ expectation }) => wanted.test(expectation.path.id));
    if (own.length > 0) await writeFile(join(wireFolder, `${mode}.pcapng`), await captureOf(folder, mode, own));
  }
}
