import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaptureFile } from "../capture/capture.ts";
import { formOf, innerIp, overheadOf } from "../packet/form.ts";
import { icmp, ipv4, udp } from "../packet/build.ts";
import { packetLines } from "../packet/packet-lines.ts";
import { readCapture } from "../packet/read-capture.ts";
import { writePcap } from "../packet/write-pcap.ts";
import { unwrapping } from "./unwrap-wireguard.ts";

/** tcpdump's number of LINUX_SLL2, and what Linux calls packets that come in and go out (linux/if_packet.h). */
const sll2 = 276;
const [incoming, outgoing] = [0, 4];
const [eth0, wireguard] = [2, 9];
const nodes = { a1: "198.18.1.11", b1: "198.18.2.11" };

describe("unwrapping", () => {
  const folder = mkdtempSync(join(tmpdir(), "encaplab-test-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const ping = ipv4(
    { source: "198.19.0.1", destination: "198.19.0.129", protocol: 1, ttl: 63 },
    icmp({ identifier: 5, sequence: 3 }, Buffer.from("7e57".repeat(28), "hex")),
  );
  const message = cooked(ipv4({ source: nodes.a1, destination: nodes.b1, protocol: 17 }, data(7, 96)), eth0, outgoing);
  const encryption = {
    devices: ["wireguard.cali"],
    peerOf: (address: string) => (address.startsWith("198.19.0.1") && address !== "198.19.0.1" ? nodes.b1 : undefined),
    mtuFor: () => 1440,
    podMtu: 1440,
  };

  async function captured(node: string, packets: readonly Buffer[]): Promise<CaptureFile> {
    const file = join(folder, `${node}.pcap`);
    await writePcap(
      file,
      packets.map((bytes, index) => ({ bytes, timeSeconds: 1000 + index / 1000 })),
      { linkType: sll2 },
    );
    const interfaces = new Map([
      [eth0, "eth0"],
      [wireguard, "wireguard.cali"],
    ]);
    const counts = { captured: packets.length, receivedByFilter: packets.length, droppedByKernel: 0 };
    return { node, file, interfaces, ...counts, doubts: [] };
  }

  /** What each packet of a file is, once it is unwrapped. */
  async function read(captures: readonly CaptureFile[], of: CaptureFile): Promise<readonly string[]> {
    const unwrap = await unwrapping(captures, encryption);
    const words: string[] = [];
    await readCapture(of.file, { reuse: true }, (packet) => {
      const known = unwrap(packet);
      words.push(`${formOf(known)} ${innerIp(known)?.destination ?? "?"} +${overheadOf(known) ?? "?"}`);
      if (known !== packet) words.push(packetLines(known).join(" | "));
    });
    return words;
  }

  it("tells at every tap what a message carries, from the node on which it entered the device", async () => {
    const there = await captured("a1", [cooked(ping, wireguard, outgoing), message]);
    const arriving = cooked(message.subarray(20), eth0, incoming);
    const router = await captured("tor", [arriving]);
    const [words, lines] = await read([there, router], router);
    // 84 bytes of ping are padded to 96, and get 60 bytes of headers.
    assert.equal(words, "wireguard 198.19.0.129 +72");
    assert.match(
      lines ?? "",
      /WireGuard transport data, .*\(encrypted; by order and size what entered wireguard\.cali of a1\)/,
    );
    assert.match(lines ?? "", /198\.19\.0\.1 > 198\.19\.0\.129 .*ICMP echo request/);
  });

  it("leaves alone what no packet fits, and what came by another node", async () => {
    const other = await captured("a1", [cooked(ping, wireguard, incoming), message]);
    assert.deepEqual(await read([other], other), ["plain 198.19.0.129 +0", "wireguard ? +?"]);
    const longer = cooked(
      ipv4({ source: nodes.a1, destination: nodes.b1, protocol: 17 }, data(8, 112)),
      eth0,
      outgoing,
    );
    const unfit = await captured("a1", [cooked(ping, wireguard, outgoing), longer]);
    assert.deepEqual(await read([unfit], unfit), ["plain 198.19.0.129 +0", "wireguard ? +?"]);
  });

  it("does nothing where nobody encrypts", async () => {
    const there = await captured("a1", [message]);
    const unwrap = await unwrapping([there], undefined);
    await readCapture(there.file, {}, (packet) => {
      assert.equal(unwrap(packet), packet);
    });
  });
});

/** A message of data on WireGuard's port: its counter, and how many bytes are inside. */
function data(counter: number, length: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt8(4);
  header.writeUInt32LE(0x11223344, 4);
  header.writeUInt32LE(counter, 8);
  const content = Buffer.concat([header, Buffer.alloc(length + 16, 0xab)]);
  return udp({ sourcePort: 51820, destinationPort: 51820 }, content);
}

function cooked(ip: Uint8Array, device: number, way: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(0x0800, 0);
  header.writeUInt32BE(device, 4);
  header.writeUInt16BE(1, 8);
  header.writeUInt8(way, 10);
  return Buffer.concat([header, ip]);
}
