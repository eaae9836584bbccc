import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ethernet, icmp, ipv4, tcp, udp, vxlan } from "../packet/build.ts";
import { explainCapture } from "./explain-capture.ts";
import { renderSummary } from "./render-summary.ts";
import { writePcap } from "../packet/write-pcap.ts";

function golden(file: string): string {
  return fileURLToPath(new URL(`../packet/testdata/${file}`, import.meta.url));
}

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const there = { source: "198.19.0.2", destination: "198.19.0.66" };
const back = { source: "198.19.0.66", destination: "198.19.0.2" };

function ping(ends: typeof there, type: number): Buffer {
  return ipv4({ ...ends, protocol: 1 }, icmp({ type, identifier: 1, sequence: 1 }, Buffer.alloc(56)));
}

function plain(packet: Uint8Array): { bytes: Buffer } {
  return { bytes: ethernet(macs, packet) };
}

function encapsulated(packet: Uint8Array, port = 4789): { bytes: Buffer } {
  const datagram = udp({ sourcePort: 50_000, destinationPort: port }, vxlan({ vni: 4096 }, ethernet(macs, packet)));
  return plain(ipv4({ source: "198.18.1.11", destination: "198.18.2.11", protocol: 17 }, datagram));
}

describe("explainCapture", () => {
  let file = "";
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-explain-"));
    file = join(folder, "in.pcap");
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("flags a request in one form whose reply comes in another", async () => {
    await writePcap(file, [encapsulated(ping(there, 8)), plain(ping(back, 0))]);
    const summary = await explainCapture(file);
    assert.equal(summary.conversations.length, 1);
    assert.equal(summary.conversations[0]?.asymmetric, true);
    assert.match(renderSummary(summary), /ASYMMETRIC/);
  });

  it("flags a direction that comes in two forms", async () => {
    await writePcap(file, [encapsulated(ping(there, 8)), plain(ping(there, 8)), encapsulated(ping(back, 0))]);
    const [conversation] = (await explainCapture(file)).conversations;
    assert.deepEqual([conversation?.mixed, conversation?.asymmetric], [true, true]);
  });

  it("finds nothing wrong where both directions have one form", async () => {
    await writePcap(file, [encapsulated(ping(there, 8)), encapsulated(ping(back, 0))]);
    const summary = await explainCapture(file);
    const [conversation] = summary.conversations;
    assert.deepEqual([conversation?.mixed, conversation?.asymmetric, conversation?.oneWay], [false, false, false]);
    assert.deepEqual(
      conversation?.variants.map(({ overheadBytes, vni }) => [overheadBytes, vni]),
      [
        [50, 4096],
        [50, 4096],
      ],
    );
    assert.doesNotMatch(renderSummary(summary), /ASYMMETRIC|MIXED|one way/);
  });

  it("keeps both directions of a TCP service together, and services apart", async () => {
    const segment = (ends: typeof there, sourcePort: number, destinationPort: number) =>
      plain(ipv4({ ...ends, protocol: 6 }, tcp({ sourcePort, destinationPort }, Buffer.alloc(0))));
    await writePcap(file, [segment(there, 40_000, 80), segment(back, 80, 40_000), segment(there, 40_001, 5201)]);
    const { conversations } = await explainCapture(file);
    assert.deepEqual(
      conversations.map(({ port, oneWay }) => [port, oneWay]),
      [
        [80, false],
        [5201, true],
      ],
    );
  });

  it("hints at a VXLAN port that it was not told, and decodes it when told", async () => {
    await writePcap(file, [encapsulated(ping(there, 8), 8472)]);
    const guess = await explainCapture(file);
    assert.equal(guess.forms.vxlan, 0);
    assert.match(guess.hints.join(), /--vxlan-port 8472/);
    const told = await explainCapture(file, { vxlanPorts: [8472] });
    assert.deepEqual([told.forms.vxlan, told.hints.length], [1, 0]);
  });

  it("counts what belongs to no conversation, and renders an empty capture", async () => {
    const arp = Buffer.from("00010800060400020200000000010a0000010200000000020a000002", "hex");
    await writePcap(file, [
      { bytes: ethernet({ ...macs, etherType: 0x0806 }, arp) },
      { bytes: ethernet({ ...macs, etherType: 0x88cc }, Buffer.alloc(46)) },
      { bytes: ethernet(macs, Buffer.alloc(5)) },
    ]);
    const { other, conversations } = await explainCapture(file);
    assert.deepEqual(other, { arp: 1, neighborDiscovery: 0, notIp: 2, innerUnread: 0, malformed: 1, truncated: 0 });
    assert.equal(conversations.length, 0);
    await writePcap(file, []);
    assert.match(renderSummary(await explainCapture(file)), /0 packets, 0 bytes in 0\.000 s\nforms +no IP packets/);
  });

  it("explains who talked to whom in which form", async () => {
    const summary = await explainCapture(golden("calico-ipip-cross-subnet-uplink.pcap"));
    assert.deepEqual(summary.forms, { plain: 10, ipip: 18, vxlan: 0 });
    const crossRack = summary.conversations.find(({ b }) => b === "192.168.80.129");
    assert.deepEqual(crossRack?.variants[0], {
      direction: "forward",
      form: "ipip",
      outerSource: "198.18.1.11",
      outerDestination: "198.18.2.11",
      packets: 4,
      bytes: 512,
      overheadBytes: 80,
    });
    assert.deepEqual([crossRack.asymmetric, crossRack.mixed, crossRack.oneWay], [false, false, false]);
    assert.match(renderSummary(summary), /^forms +plain 10, ipip 18$/m);
  });
});
