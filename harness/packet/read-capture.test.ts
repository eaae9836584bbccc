import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { formatError } from "../core/errors.ts";
import { ethernet, icmp, ipv4 } from "./build.ts";
import { CaptureError } from "./capture-error.ts";
import type { Packet } from "./packet.ts";
import { readCapture, type ReadCaptureOptions } from "./read-capture.ts";
import { trimCapture } from "./trim-capture.ts";
import { pcapBytes, writePcap } from "./write-pcap.ts";
import { skipFor } from "../core/skip.fixture.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };

function frame(sequence: number, size = 20): Buffer {
  const echo = icmp({ identifier: 1, sequence }, Buffer.alloc(size, sequence));
  return ethernet(macs, ipv4({ source: "198.18.1.11", destination: "198.18.2.11", protocol: 1 }, echo));
}

const five = [1, 2, 3, 4, 5].map((sequence) => ({ bytes: frame(sequence), timeSeconds: 1_700_000_000.25 + sequence }));

describe("readCapture", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-packet-"));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function read(bytes: Uint8Array, options: ReadCaptureOptions = {}) {
    const path = join(folder, "in.pcap");
    await writeFile(path, bytes);
    const packets: Packet[] = [];
    const summary = await readCapture(path, options, (packet) => packets.push(packet));
    return { summary, packets };
  }

  async function refusal(bytes: Uint8Array): Promise<string> {
    const error: unknown = await read(bytes).catch((reason: unknown) => reason);
    assert.ok(error instanceof CaptureError, `read without complaint: ${String(error)}`);
    assert.equal(error.exitCode, 2);
    assert.equal(error.details.where, join(folder, "in.pcap"));
    return formatError(error);
  }

  for (const littleEndian of [true, false]) {
    for (const nanosecond of [true, false]) {
      it(`reads ${littleEndian ? "little" : "big"} endian, ${nanosecond ? "nano" : "micro"}seconds`, async () => {
        const { summary, packets } = await read(pcapBytes(five, { littleEndian, nanosecond, snaplen: 256 }));
        assert.deepEqual(
          packets.map(({ number, timeSeconds }) => [number, timeSeconds]),
          [
            [1, 1_700_000_001.25],
            [2, 1_700_000_002.25],
            [3, 1_700_000_003.25],
            [4, 1_700_000_004.25],
            [5, 1_700_000_005.25],
          ],
        );
        const bytes = 24 + 5 * (16 + frame(1).length);
        assert.deepEqual(summary, {
          littleEndian,
          nanosecond,
          snaplen: 256,
          linkType: 1,
          packets: 5,
          bytes,
          complete: true,
        });
      });
    }
  }

  it("unpacks what gzip packed, also in several members, in bounded pieces", async () => {
    const bytes = pcapBytes(five);
    const members = Buffer.concat([gzipSync(bytes.subarray(0, 50)), gzipSync(bytes.subarray(50))]);
    for (const packed of [gzipSync(bytes), members]) {
      const { summary, packets } = await read(packed);
      assert.deepEqual([summary.packets, summary.complete, summary.bytes], [5, true, bytes.length]);
      assert.deepEqual(packets[4]?.bytes, Buffer.from(frame(5)));
    }
  });

  it("reads a packed file that is cut up to there, and says so", async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ bytes: frame(index) }));
    const packed = gzipSync(pcapBytes(many));
    const { summary } = await read(packed.subarray(0, packed.length - 200), { growing: true });
    assert.equal(summary.complete, false);
    assert.ok(summary.packets > 100 && summary.packets < 2_000, String(summary.packets));
  });

  for (const littleEndian of [true, false]) {
    it(`reads records with the longer headers of a patched libpcap, ${littleEndian ? "little" : "big"} endian`, async () => {
      const whole = pcapBytes(five, { littleEndian });
      const record = 16 + frame(1).length;
      const records = five.map((_, index) => {
        const at = 24 + index * record;
        return Buffer.concat([whole.subarray(at, at + 16), Buffer.alloc(8, 7), whole.subarray(at + 16, at + record)]);
      });
      const head = Buffer.from(whole.subarray(0, 24));
      if (littleEndian) head.writeUInt32LE(0xa1b2cd34);
      else head.writeUInt32BE(0xa1b2cd34);
      const bytes = Buffer.concat([head, ...records]);
      const { summary, packets } = await read(bytes);
      assert.deepEqual([summary.packets, summary.complete], [5, true]);
      assert.deepEqual(
        packets.map(({ timeSeconds, bytes: kept }) => [timeSeconds, kept]),
        five.map(({ timeSeconds, bytes: kept }) => [timeSeconds, Buffer.from(kept)]),
      );
      assert.match(await refusal(bytes.subarray(0, bytes.length - 3)), /cut: \d+ stray bytes[^]*packet 4/);
      head.copy(bytes);
      bytes.fill(0xff, 24 + 8, 24 + 12);
      assert.match(await refusal(bytes), /corrupt at byte 24: packet 1 claims 4294967295/);
    });
  }

  for (const [name, extra] of [
    ["Nokia IPSO", 4],
    ["Red Hat 6.1", 8],
  ] as const) {
    it(`says how to convert records as ${name} writes them, which no field of the file tells`, async () => {
      // Microseconds stand where the next record's length is looked for.
      const late = five.map((packet, index) => ({ ...packet, timeSeconds: index + 1_700_000_000.7 }));
      const whole = pcapBytes(late);
      const record = 16 + frame(1).length;
      const records = five.map((_, index) => {
        const at = 24 + index * record;
        return Buffer.concat([
          whole.subarray(at, at + 16),
          Buffer.alloc(extra, 7),
          whole.subarray(at + 16, at + record),
        ]);
      });
      const said = await refusal(Buffer.concat([whole.subarray(0, 24), ...records]));
      assert.match(said, /corrupt at byte \d+: packet 2 claims/);
      assert.match(said, new RegExp(`${name}.*editcap in.pcap out.pcapng`));
    });
  }

  it("reads versions of before 2.4, whose two lengths came in either order", async () => {
    const bytes = pcapBytes([{ bytes: frame(1), originalLength: 500 }]);
    bytes.writeUInt16LE(2, 6);
    const turned = Buffer.from(bytes);
    bytes.copy(turned, 32, 36, 40);
    bytes.copy(turned, 36, 32, 36);
    for (const file of [bytes, turned]) {
      const { packets } = await read(file);
      assert.deepEqual([packets[0]?.capturedLength, packets[0]?.originalLength], [frame(1).length, 500]);
    }
  });

  it("refuses gzip in gzip, garbage, versions and link types, each with the way out", async () => {
    const version = pcapBytes(five);
    version.writeUInt16LE(9, 6);
    const wifi = pcapBytes(five, { linkType: 105 });
    assert.match(await refusal(gzipSync(gzipSync(pcapBytes(five)))), /packed with gzip more than once[^]*gzip -dc/);
    assert.match(await refusal(Buffer.from("1f8b080800000000ffff", "hex")), /empty/);
    assert.match(
      await refusal(Buffer.from(`1f8b0800000000000003${"ff".repeat(40)}`, "hex")),
      /cannot be unpacked[^]*gzip -dc/,
    );
    assert.match(await refusal(Buffer.from("BZh91AY&SY")), /bzip2 -dc/);
    assert.match(
      await refusal(Buffer.from("28b52ffd0458", "hex")),
      /packed with zstd[^]*zstd -dc \S*in\.pcap > out\.pcap/,
    );
    assert.match(await refusal(Buffer.from("fd377a585a000004", "hex")), /packed with xz[^]*xz -dc/);
    assert.match(await refusal(Buffer.from("12:00:00.000001 IP a1 > b1: ICMP")), /a text file[^]*tcpdump -w out\.pcap/);
    assert.match(await refusal(Buffer.from("000102030405", "hex")), /neither pcap nor pcapng: it begins with 00010203/);
    assert.match(await refusal(version), /version 2\.9/);
    assert.match(await refusal(wifi), /link type 105 is not decoded: 802\.11[^]*airdecap-ng/);
    assert.match(await refusal(pcapBytes([], { linkType: 189 })), /link type 189 is not decoded: USB/);
    assert.match(await refusal(Buffer.from("736e6f6f70000000", "hex")), /snoop[^]*editcap/);
  });

  it("refuses empty files and files that end within the file header", async () => {
    assert.match(await refusal(Buffer.alloc(0)), /empty/);
    assert.match(await refusal(pcapBytes([]).subarray(0, 23)), /ends after 23 bytes/);
    assert.match(await refusal(Buffer.from([0xd4])), /ends after 1 bytes/);
  });

  it("reads a capture without packets", async () => {
    assert.equal((await read(pcapBytes([]))).summary.packets, 0);
  });

  it("refuses a capture that is cut, in the data or in the record header", async () => {
    const bytes = pcapBytes(five);
    assert.match(await refusal(bytes.subarray(0, bytes.length - 3)), /cut: \d+ stray bytes[^]*packet 4[^]*-c 4 -w/);
    const record = 16 + frame(1).length;
    assert.match(await refusal(bytes.subarray(0, 24 + 4 * record + 7)), /cut: 7 stray bytes/);
    assert.match(await refusal(bytes.subarray(0, 50)), /after packet 0[^]*holds no whole packet/);
  });

  it("reports the cut instead, where the capture may still grow", async () => {
    const bytes = pcapBytes(five);
    const { summary, packets } = await read(bytes.subarray(0, bytes.length - 3), { growing: true });
    assert.deepEqual([summary.complete, summary.packets, packets.length], [false, 4, 4]);
    assert.equal((await read(bytes, { growing: true })).summary.complete, true);
  });

  it("takes the larger length where a record claims fewer bytes on the wire than were captured", async () => {
    const bytes = pcapBytes(five);
    bytes.writeUInt32LE(10, 24 + 12);
    const { packets } = await read(bytes);
    assert.deepEqual(
      packets.map(({ originalLength, problem }) => [originalLength, problem]),
      five.map(({ bytes: { length } }) => [length, undefined]),
    );
  });

  it("tells of damage behind whole packets instead, where it is to be salvaged", async () => {
    const bytes = pcapBytes(five);
    bytes.writeUInt32LE(0x7fffffff, 24 + 2 * (16 + frame(1).length) + 8);
    const { summary, packets } = await read(bytes, { salvage: true });
    assert.deepEqual([summary.complete, packets.length], [false, 2]);
    assert.match(summary.damage?.message ?? "", /corrupt at byte \d+: packet 3 claims 2147483647 captured/);
    bytes.writeUInt32LE(0x7fffffff, 24 + 8);
    await assert.rejects(read(bytes, { salvage: true }), /packet 1 claims/);
  });

  it("reads on into the same memory where nobody keeps packets", async () => {
    const path = join(folder, "reuse.pcap");
    await writePcap(
      path,
      Array.from({ length: 3_000 }, (_, index) => ({ bytes: frame(index, 1_000) })),
    );
    const kept = new Set<ArrayBufferLike>();
    const sums: number[] = [];
    await readCapture(path, { reuse: true }, (packet) => {
      kept.add(packet.bytes.buffer);
      sums.push(packet.payload.reduce((sum, byte) => sum + byte, 0));
    });
    assert.deepEqual(
      sums,
      Array.from({ length: 3_000 }, (_, index) => 1_000 * (index & 0xff)),
    );
    assert.ok(kept.size <= 2, `${kept.size} buffers`);
  });

  it("finds a corrupt length at once, in a big file too, without collecting the rest", async () => {
    const big = pcapBytes(Array.from({ length: 40_000 }, (_, index) => ({ bytes: frame(index & 0xffff, 1_000) })));
    big.writeUInt32LE(0x7fffffff, 24 + 16 + frame(1, 1_000).length + 8);
    const seen: number[] = [];
    const path = join(folder, "big.pcap");
    await writeFile(path, big);
    await assert.rejects(
      readCapture(path, {}, ({ number }) => seen.push(number)),
      /corrupt at byte 1082: packet 2 claims 2147483647 captured/,
    );
    assert.deepEqual(seen, [1]);
  });

  it("reads records that lie across the borders of chunks", async () => {
    const sizes = Array.from({ length: 4_000 }, (_, index) => (index * 7_919) % 3_000);
    const { packets } = await read(pcapBytes(sizes.map((size, index) => ({ bytes: frame(index, size) }))));
    assert.deepEqual(
      packets.map(({ payload }) => payload.length),
      sizes,
    );
    // Packets that are kept stay what they are: each payload still holds its own number.
    assert.ok(packets.every(({ payload }, index) => payload.every((byte) => byte === (index & 0xff))));
  });

  it("says in words why a file cannot be read, with its path and the way out", async () => {
    await writeFile(join(folder, "in.pcap"), "");
    for (const [path, pattern] of [
      [join(folder, "none.pcap"), /^there is no such file\n {2}where +\S*none\.pcap\n {2}fix /],
      [join(folder, "in.pcap", "x"), /^a part of this path is a file, not a folder\n/],
      [folder, /^this is a folder, not a capture\n[^]*Give one of the capture files in it/],
    ] as const) {
      const error: unknown = await readCapture(path, {}, () => undefined).catch((reason: unknown) => reason);
      assert.ok(error instanceof CaptureError, path);
      assert.match(formatError(error), pattern);
    }
  });

  it("passes on what the listener throws, and closes the file each time", async function () {
    const path = join(folder, "five.pcap");
    await writePcap(path, five);
    const openFiles = async () => (await readdir("/proc/self/fd")).length;
    const opened = await openFiles().catch(() => undefined);
    if (opened === undefined) skipFor(this, "no /proc here");
    for (let turn = 0; turn < 20; turn += 1) {
      const stop = () => {
        throw new Error("stop here");
      };
      await assert.rejects(readCapture(path, {}, stop), { message: "stop here" });
      await refusal(pcapBytes(five).subarray(0, 90));
    }
    assert.ok((await openFiles()) < opened + 10);
  });

  it("trims a capture byte for byte, in any byte order and resolution", async () => {
    for (const format of [{}, { littleEndian: false, nanosecond: true, snaplen: 99 }]) {
      const [source, target] = [join(folder, "source.pcap"), join(folder, "target.pcap")];
      await writePcap(source, five, format);
      const odd = (packet: Packet) => packet.number % 2 === 1;
      assert.deepEqual(await trimCapture(source, target, odd, 2), { packets: 5, matched: 3, written: 2 });
      const expected = pcapBytes(
        [five[0], five[2]].filter((packet) => packet !== undefined),
        format,
      );
      assert.deepEqual(await readFile(target), expected);
    }
  });
});
