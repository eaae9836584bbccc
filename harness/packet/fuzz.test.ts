import assert from "node:assert/strict";
import { ethernet, icmp, icmpv6, ipv4, ipv6, tcp, udp, vxlan } from "./build.ts";
import type { Protocol } from "./cursor.ts";
import { decode, maximumDepth } from "./decode.ts";
import { decoders } from "./decoders.ts";
import { formOf, innerEthernet, innerIp, outerIp, overheadOf, transport, vxlanOf } from "./form.ts";
import type { Packet } from "./packet.ts";
import { packetLines } from "./packet-lines.ts";
import { randomOf } from "./random.fixture.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const v4 = { source: "198.18.1.11", destination: "198.18.2.11" };
const v6 = { source: "fd00::1", destination: "fd00::2" };
const segment = tcp(
  { sourcePort: 1, destinationPort: 2, options: Buffer.from("020405b401010402", "hex") },
  Buffer.alloc(9),
);
const inner = ethernet(macs, ipv4({ ...v4, protocol: 6 }, segment));
const error = icmp({ type: 3, code: 4 }, ipv4({ ...v4, protocol: 4 }, inner.subarray(14)));
const extensions = Buffer.from("2c00010400000000 3a00000100000001".replace(" ", ""), "hex");
const seeds: readonly Buffer[] = [
  ethernet(
    macs,
    ipv4({ ...v4, protocol: 17 }, udp({ sourcePort: 9, destinationPort: 4789 }, vxlan({ vni: 1 }, inner))),
  ),
  ethernet(macs, ipv4({ ...v4, protocol: 1 }, error)),
  ethernet(
    { ...macs, etherType: 0x86dd },
    ipv6(
      { ...v6, protocol: 58, nextHeader: 0, extensions },
      icmpv6({ type: 2 }, Buffer.concat([Buffer.alloc(4), segment])),
    ),
  ),
  ethernet({ ...macs, etherType: 0x8100 }, Buffer.concat([Buffer.from("00058100000a0806", "hex"), Buffer.alloc(28)])),
];
/** Behind headers that link and tunnel decoders read: an IP header of each protocol, a datagram to each port, each EtherType. */
const tunnels: readonly Buffer[] = [
  ...[0x8847, 0x8864, 0x88e5, 0x88e7, 0x8903, 0x8926, 0x894f, 0x22f3, 0x0026].map((etherType) =>
    ethernet({ ...macs, etherType }, Buffer.concat([Buffer.from("00010140aaaa0300000008000021", "hex"), inner])),
  ),
  ...[47, 50, 51, 97, 108, 115, 137, 143].map((protocol) =>
    ethernet(
      macs,
      ipv4({ ...v4, protocol }, Buffer.concat([Buffer.from("300088be000000010000000200000003", "hex"), inner])),
    ),
  ),
  ...[1194, 1701, 2152, 3544, 4341, 4500, 4754, 4789, 4790, 5247, 6080, 6081, 6635, 51820].map((destinationPort) =>
    ethernet(
      macs,
      ipv4(
        { ...v4, protocol: 17 },
        udp({ sourcePort: 9, destinationPort }, Buffer.concat([Buffer.from("0400000000100000", "hex"), inner])),
      ),
    ),
  ),
];
const firsts = Object.keys(decoders) as Protocol[];

/** Whatever the bytes: a bounded answer, every line of it readable, every accessor quiet. */
function holds(bytes: Uint8Array, first: Protocol, originalLength: number): Packet {
  const record = { number: 1, timeSeconds: 0, capturedLength: bytes.length, originalLength, bytes };
  const packet = decode(record, first, [4789]);
  assert.ok(packet.layers.length <= maximumDepth + 1 && packet.quoted.length <= maximumDepth + 1);
  const lines = packetLines(packet);
  assert.equal(lines.length, packet.layers.length + packet.quoted.length);
  assert.ok(
    lines.every((line) => line !== "" && !/undefined|NaN|\n/.test(line)),
    lines.join("\n"),
  );
  assert.ok(packet.payload.length <= bytes.length);
  [formOf, outerIp, innerIp, transport, vxlanOf, innerEthernet, overheadOf].forEach((accessor) => accessor(packet));
  return packet;
}

describe("decoding hostile bytes", () => {
  it("never throws and never loops on any header of a tunnel with some bytes changed, nor on a part of it", () => {
    const random = randomOf(3);
    const forms = new Set<string>();
    for (let turn = 0; turn < 20_000; turn += 1) {
      const bytes = Buffer.from(tunnels[turn % tunnels.length] ?? inner);
      for (let change = random(4); change > 0; change -= 1) bytes[12 + random(50)] = random(256);
      const cut = bytes.subarray(0, random(4) === 0 ? random(bytes.length + 1) : bytes.length);
      const packet = holds(cut, "ethernet", random(2) === 0 ? bytes.length : cut.length);
      forms.add(formOf(packet));
      assert.ok((overheadOf(packet) ?? 0) >= 0, packetLines(packet).join("\n"));
    }
    for (const form of ["gre", "erspan", "esp", "ah", "etherip", "l2tp", "geneve", "invalid-vxlan", "unknown"]) {
      assert.ok(forms.has(form), `no case came out as ${form}`);
    }
  });

  it("never throws and never loops on random bytes", () => {
    const random = randomOf(1);
    for (let turn = 0; turn < 10_000; turn += 1) {
      const bytes = Buffer.from(Array.from({ length: random(160) }, () => random(256)));
      holds(bytes, firsts[random(firsts.length)] ?? "raw", bytes.length + random(2) * random(2_000));
    }
  });

  it("never throws and never loops on valid packets with some bytes changed", () => {
    const random = randomOf(2);
    const kinds = new Set<string>();
    for (let turn = 0; turn < 20_000; turn += 1) {
      const bytes = Buffer.from(seeds[random(seeds.length)] ?? inner);
      for (let change = random(6); change > 0; change -= 1) bytes[random(bytes.length)] = random(256);
      const cut = bytes.subarray(0, random(4) === 0 ? random(bytes.length + 1) : bytes.length);
      const packet = holds(cut, "ethernet", random(2) === 0 ? bytes.length : cut.length);
      [...packet.layers, ...packet.quoted].forEach(({ kind }) => kinds.add(kind));
    }
    // The cases are worth something only if they reach the decoders.
    for (const kind of ["vxlan", "icmp", "icmpv6", "ipv6", "tcp", "vlan", "malformed", "truncated"]) {
      assert.ok(kinds.has(kind), `no case reached ${kind}`);
    }
  });

  it("reads every prefix of valid packets as cut, never as malformed", () => {
    for (const bytes of seeds.slice(0, 3)) {
      for (let length = 0; length < bytes.length; length += 1) {
        const packet = holds(bytes.subarray(0, length), "ethernet", bytes.length);
        assert.notEqual(packet.problem?.kind, "malformed", packetLines(packet).join("\n"));
      }
    }
  });
});
