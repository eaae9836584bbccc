import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ethernet, icmp, ipv4, ipv6, tcp, udp, vxlan } from "./build.ts";
import { wrongChecksums } from "./checksum.ts";
import { decode } from "./decode.ts";
import type { Packet } from "./packet.ts";
import { readCapture } from "./read-capture.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02", etherType: 0x0800 };
const ends = { source: "198.19.0.1", destination: "198.19.0.129" };
const nodes = { source: "198.18.1.11", destination: "198.18.2.11", protocol: 17 };
const ports = { sourcePort: 40_000, destinationPort: 8080 };
const content = Buffer.from("0123456789abcde");

function packetOf(bytes: Buffer, capturedLength = bytes.length): Packet {
  const record = { number: 1, timeSeconds: 0, capturedLength, originalLength: bytes.length, bytes };
  return decode(record, "ethernet", [4789]);
}

function frame(ip: Buffer, etherType = 0x0800): Buffer {
  return ethernet({ ...macs, etherType }, ip);
}

function tunnel(inner: Buffer): Buffer {
  return frame(
    ipv4(nodes, udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan({ vni: 4096 }, ethernet(macs, inner)))),
  );
}

/** The frame with a 16-bit word changed. */
function withWord(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt16BE(value, at);
  return changed;
}

/** The frame as it is seen before a device fills in a checksum: with the pseudo-header's sum in its field. */
function leftToDevice(bytes: Buffer, ipAt: number, fieldAt: number): Buffer {
  const length = bytes.readUInt16BE(ipAt + 2) - 20;
  let sum = bytes.readUInt8(ipAt + 9) + length;
  for (let at = ipAt + 12; at < ipAt + 20; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return withWord(bytes, fieldAt, sum);
}

/** Where headers begin in frames without and within VXLAN. */
const at = { ip: 14, transport: 34, innerIp: 64, innerTransport: 84 } as const;

describe("checksums", () => {
  const plain = {
    TCP: frame(ipv4({ ...ends, protocol: 6 }, tcp(ports, content))),
    UDP: frame(ipv4({ ...ends, protocol: 17 }, udp(ports, content))),
    ICMP: frame(ipv4({ ...ends, protocol: 1 }, icmp({ identifier: 7 }, content))),
  };
  const offsets = { TCP: 16, UDP: 6, ICMP: 2 } as const;

  it("are right as they were made, of odd lengths too", () => {
    for (const bytes of Object.values(plain)) assert.deepEqual(wrongChecksums(packetOf(bytes)), []);
    assert.deepEqual(wrongChecksums(packetOf(tunnel(ipv4({ ...ends, protocol: 6 }, tcp(ports, content))))), []);
  });

  for (const name of ["TCP", "UDP", "ICMP"] as const) {
    it(`of ${name} are wrong where a bit of field or content is another`, () => {
      const bytes = plain[name];
      const field = at.transport + offsets[name];
      assert.deepEqual(wrongChecksums(packetOf(withWord(bytes, field, bytes.readUInt16BE(field) ^ 0x0100))), [name]);
      const last = bytes.length - 2;
      assert.deepEqual(wrongChecksums(packetOf(withWord(bytes, last, bytes.readUInt16BE(last) ^ 1))), [name]);
    });
  }

  it("of IPv4 headers are told by their level", () => {
    const inner = ipv4({ ...ends, protocol: 6 }, tcp(ports, content));
    const field = at.ip + 10;
    assert.deepEqual(wrongChecksums(packetOf(withWord(plain.TCP, field, 0x1234))), ["IPv4"]);
    assert.deepEqual(wrongChecksums(packetOf(withWord(tunnel(inner), field, 0x1234))), ["outer IPv4"]);
    assert.deepEqual(wrongChecksums(packetOf(withWord(tunnel(inner), at.transport + 6, 0x1234))), ["outer UDP"]);
    const [, ...rest] = wrongChecksums(packetOf(withWord(tunnel(inner), at.innerIp + 10, 0x1234)));
    assert.deepEqual(rest, ["inner IPv4"], "what is around it is wrong as well");
  });

  it("left to the device are not wrong, and do not make those around them wrong", () => {
    for (const name of ["TCP", "UDP"] as const) {
      const bytes = leftToDevice(plain[name], at.ip, at.transport + offsets[name]);
      assert.notDeepEqual(bytes, plain[name]);
      assert.deepEqual(wrongChecksums(packetOf(bytes)), [], name);
      const inside = ipv4({ ...ends, protocol: name === "TCP" ? 6 : 17 }, (name === "TCP" ? tcp : udp)(ports, content));
      const around = leftToDevice(tunnel(inside), at.innerIp, at.innerTransport + offsets[name]);
      assert.deepEqual(wrongChecksums(packetOf(around)), [], `${name} in VXLAN, whose own is complete`);
      assert.deepEqual(wrongChecksums(packetOf(leftToDevice(around, at.ip, at.transport + 6))), [], "both are left");
      assert.deepEqual(wrongChecksums(packetOf(withWord(around, at.transport + 6, 0x1234))), ["outer UDP"]);
      const damaged = withWord(around, at.innerTransport + offsets[name], 0x1234);
      assert.deepEqual(wrongChecksums(packetOf(damaged)), ["outer UDP", `inner ${name}`]);
    }
  });

  it("that are missing, or over bytes that nobody captured, are not judged", () => {
    assert.deepEqual(wrongChecksums(packetOf(withWord(plain.UDP, at.transport + 6, 0))), []);
    const damaged = withWord(plain.TCP, at.transport + 16, 0x1234);
    assert.deepEqual(wrongChecksums(packetOf(damaged, damaged.length - 1)), []);
    const first = frame(ipv4({ ...ends, protocol: 17, moreFragments: true }, udp(ports, Buffer.alloc(16))));
    assert.deepEqual(wrongChecksums(packetOf(withWord(first, at.transport + 6, 0x1234))), []);
  });

  it("of IPv6 are judged with its own pseudo-header", () => {
    const bytes = frame(ipv6({ source: "fd00::1", destination: "fd00::2", protocol: 6 }, tcp(ports, content)), 0x86dd);
    assert.deepEqual(wrongChecksums(packetOf(bytes)), []);
    assert.deepEqual(wrongChecksums(packetOf(withWord(bytes, 14 + 40 + 16, 0x1234))), ["TCP"]);
  });

  it("are right in every capture of Calico's traffic that comes with the project", async () => {
    for (const folder of ["testdata/", "../../docs/wire/"]) {
      const path = fileURLToPath(new URL(folder, import.meta.url));
      const files = readdirSync(path).filter((name) => /^(?:calico-|none|ipip|vxlan).*\.pcap(?:ng)?$/.test(name));
      assert.ok(files.length >= 5, folder);
      for (const file of files) {
        const wrong: string[] = [];
        await readCapture(`${path}${file}`, {}, (packet) => {
          wrong.push(...wrongChecksums(packet).map((name) => `#${packet.number} ${name}`));
        });
        assert.deepEqual(wrong, [], file);
      }
    }
  });
});
