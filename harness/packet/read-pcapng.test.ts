import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ethernet, icmp, ipv4 } from "./build.ts";
import { CaptureError } from "./capture-error.ts";
import { innerIp } from "./form.ts";
import type { Packet } from "./packet.ts";
import { PcapngBlocks } from "./pcapng.fixture.ts";
import { readCapture, type ReadCaptureOptions } from "./read-capture.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const ping = ipv4(
  { source: "198.19.0.2", destination: "198.19.0.66", protocol: 1 },
  icmp({ identifier: 1, sequence: 1 }, Buffer.alloc(5)),
);
const frame = ethernet(macs, ping);

describe("readCapture: pcapng", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-pcapng-"));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function read(blocks: readonly Uint8Array[], options: ReadCaptureOptions = {}) {
    const path = join(folder, "in.pcapng");
    await writeFile(path, Buffer.concat(blocks));
    const packets: Packet[] = [];
    const summary = await readCapture(path, options, (packet) => packets.push(packet));
    return { summary, packets };
  }

  it("says when times are more exact than a microsecond, and prints no control characters of names", async () => {
    const blocks = new PcapngBlocks();
    const name = "eth0\u001b[31m\u0007";
    const { summary } = await read([blocks.section(), blocks.interface({ linkType: 1, name, resolution: 9 })]);
    assert.deepEqual([summary.nanosecond, summary.interfaces?.[0]?.name], [true, "eth0?[31m?"]);
    const coarse = await read([blocks.section(), blocks.interface({ linkType: 1 })]);
    assert.equal(coarse.summary.nanosecond, false);
  });

  for (const littleEndian of [true, false]) {
    const blocks = new PcapngBlocks({ littleEndian });

    it(`reads packets of all three kinds, ${littleEndian ? "little" : "big"} endian`, async () => {
      const ticks = 1_700_000_000_250_000n;
      const { summary, packets } = await read([
        blocks.section(),
        blocks.interface({ linkType: 1, name: "eth0", snaplen: 256 }),
        blocks.block(4, Buffer.alloc(16)),
        blocks.enhancedPacket(frame, { ticks }),
        blocks.obsoletePacket(frame, { ticks: ticks + 1_000_000n }),
        blocks.simplePacket(frame),
        blocks.block(0x80000bad, Buffer.alloc(9)),
      ]);
      assert.deepEqual(
        packets.map(({ number, timeSeconds, capturedOn }) => [number, timeSeconds, capturedOn?.name]),
        [
          [1, 1_700_000_000.25, "eth0"],
          [2, 1_700_000_001.25, "eth0"],
          [3, 1_700_000_001.25, "eth0"],
        ],
      );
      assert.ok(packets.every((packet) => innerIp(packet)?.source === "198.19.0.2"));
      assert.deepEqual([summary.complete, summary.linkType, summary.snaplen, summary.packets], [true, 1, 256, 3]);
    });
  }

  it("reads several sections in both byte orders, each with interfaces of its own", async () => {
    const [little, big] = [new PcapngBlocks(), new PcapngBlocks({ littleEndian: false })];
    const { packets, summary } = await read([
      little.section(),
      little.interface({ linkType: 1, name: "eth0" }),
      little.interface({ linkType: 101, name: "tunl0" }),
      little.enhancedPacket(ping, { interface: 1 }),
      big.section(),
      big.interface({ linkType: 228 }),
      big.enhancedPacket(ping),
    ]);
    assert.deepEqual(
      packets.map(({ capturedOn }) => [capturedOn?.index, capturedOn?.name, capturedOn?.linkType]),
      [
        [1, "tunl0", 101],
        [2, undefined, 228],
      ],
    );
    assert.ok(packets.every((packet) => innerIp(packet)?.source === "198.19.0.2"));
    assert.deepEqual(
      summary.interfaces?.map(({ name }) => name),
      ["eth0", "tunl0", undefined],
    );
  });

  it("reads times in any resolution and with an offset", async () => {
    const blocks = new PcapngBlocks();
    const { packets } = await read([
      blocks.section(),
      blocks.interface({ linkType: 1, resolution: 9 }),
      blocks.interface({ linkType: 1, resolution: 0x80 | 10 }),
      blocks.interface({ linkType: 1, resolution: 3, timeOffset: 1_700_000_000n }),
      blocks.enhancedPacket(frame, { interface: 0, ticks: 1_700_000_000_500_000_000n }),
      blocks.enhancedPacket(frame, { interface: 1, ticks: 1_536n }),
      blocks.enhancedPacket(frame, { interface: 2, ticks: 1_250n }),
    ]);
    assert.deepEqual(
      packets.map(({ timeSeconds }) => timeSeconds),
      [1_700_000_000.5, 1.5, 1_700_000_001.25],
    );
  });

  it("cuts simple packets at the interface's snapshot length", async () => {
    const blocks = new PcapngBlocks();
    const { packets } = await read([
      blocks.section(),
      blocks.interface({ linkType: 1, snaplen: 34 }),
      blocks.simplePacket(frame.subarray(0, 34), frame.length),
    ]);
    assert.deepEqual(
      packets.map(({ capturedLength, originalLength, problem }) => [capturedLength, originalLength, problem?.kind]),
      [[34, frame.length, "truncated"]],
    );
  });

  it("names packets of interfaces that are not decoded, as long as others are", async () => {
    const blocks = new PcapngBlocks();
    const head = [
      blocks.section(),
      blocks.interface({ linkType: 189, name: "usbmon1" }),
      blocks.interface({ linkType: 1 }),
    ];
    const { packets } = await read([
      ...head,
      blocks.enhancedPacket(Buffer.alloc(64), { interface: 0 }),
      blocks.enhancedPacket(frame, { interface: 1 }),
    ]);
    assert.deepEqual(packets[0]?.layers, [{ kind: "opaque", name: "link type 189: USB" }]);
    await assert.rejects(read([...head, blocks.enhancedPacket(Buffer.alloc(64))]), /link type 189 is not decoded: USB/);
  });

  it("reads blocks that lie across the borders of chunks, and skips long ones", async () => {
    const blocks = new PcapngBlocks();
    const many = Array.from({ length: 2_000 }, (_, index) =>
      blocks.enhancedPacket(
        ethernet(
          macs,
          ipv4({ source: "198.19.0.2", destination: "198.19.0.66", protocol: 1 }, Buffer.alloc(8 + (index % 900))),
        ),
      ),
    );
    const long = blocks.block(0x0bad, Buffer.alloc(3_000_000));
    const head = [blocks.section(), blocks.interface({ linkType: 1 })];
    const { packets, summary } = await read([...head, ...many, long, ...many]);
    assert.deepEqual([packets.length, summary.complete], [4_000, true]);
    assert.ok(packets.every((packet) => innerIp(packet)?.destination === "198.19.0.66"));
  });

  const blocks = new PcapngBlocks();
  const head = Buffer.concat([blocks.section(), blocks.interface({ linkType: 1 })]);
  const packet = blocks.enhancedPacket(frame);
  const patched = (block: Buffer, at: number, value: number) => {
    const copy = Buffer.from(block);
    copy.writeUInt32LE(value, at);
    return copy;
  };
  const bad: readonly (readonly [string, readonly Uint8Array[], RegExp])[] = [
    ["a length of 0", [head, packet, Buffer.alloc(32)], /corrupt at byte \d+: a block of type 0 claims a length of 0/],
    ["a length of odd bytes", [head, patched(packet, 4, 33)], /a block of type 6 claims a length of 33/],
    ["a huge length", [head, patched(packet, 4, 0x7ffffffc)], /claims a length of 2147483644/],
    [
      "two lengths that differ",
      [head, patched(packet, packet.length - 4, 16)],
      /begins with length \d+ and ends with 16/,
    ],
    ["an interface that was never described", [blocks.section(), packet], /names interface 0, and 0 were described/],
    [
      "more captured bytes than its block",
      [head, patched(packet, 20, 5_000)],
      /packet 1 claims 5000 captured bytes in a/,
    ],
    [
      "too few bytes for its fields",
      [head, blocks.block(6, Buffer.alloc(8))],
      /of 20 bytes is too short for its fields/,
    ],
    [
      "no byte order",
      [head, packet, patched(blocks.section(), 8, 7)],
      /a section begins without its byte order: 07000000/,
    ],
    ["another version", [blocks.section(2)], /pcapng version 2\.0; only 1 is in use/],
  ];
  for (const [what, parts, message] of bad) {
    it(`says where a block has ${what}`, async () => {
      const error: unknown = await read(parts).catch((reason: unknown) => reason);
      assert.ok(error instanceof CaptureError, String(error));
      assert.match(error.message, message);
      const whole = parts.includes(packet) && parts[0] === head;
      if (whole) assert.match((await read(parts, { salvage: true })).summary.damage?.message ?? "", message);
      else await assert.rejects(read(parts, { salvage: true }), message);
    });
  }

  it("reads a file that is cut anywhere up to its last whole packet", async () => {
    const whole = Buffer.concat([head, packet, packet, blocks.block(4, Buffer.alloc(40))]);
    for (let length = 28; length < whole.length; length += 1) {
      const part = whole.subarray(0, length);
      const { summary, packets } = await read([part], { growing: true });
      const expected = Math.floor((Math.max(length, head.length) - head.length) / packet.length);
      assert.equal(packets.length, Math.min(2, expected), `${length} bytes`);
      const borders = [28, head.length, head.length + packet.length, head.length + 2 * packet.length];
      assert.equal(summary.complete, borders.includes(length), `${length} bytes`);
      if (!summary.complete) await assert.rejects(read([part]), /cut: \d+ stray bytes of a block follow after packet/);
    }
  });
});
