import assert from "node:assert/strict";
import { ethernet, icmp, icmpv6, ipv4, ipv6, tcp, udp, vxlan } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import type { Packet } from "../packet/packet.ts";
import { shapeKey, shapeOf, type HeaderShape } from "./variant.ts";

const [pod, peer] = ["198.19.0.1", "198.19.0.129"];
const [a1, b1] = ["198.18.1.11", "198.18.2.11"];
const macs = { source: "66:f2:9b:c9:1b:bd", destination: "66:7e:83:ca:2a:65" };
const ping = icmp({ identifier: 5, sequence: 3 }, Buffer.from("7e57", "hex"));
const inner = ipv4({ source: pod, destination: peer, protocol: 1, ttl: 63, dontFragment: true }, ping);
const ends = { source: pod, destination: peer, ttl: 63, tos: 0 };
const outer = { outerSource: a1, outerDestination: b1, outerTtl: 64, outerTos: 0 };

const packet = (bytes: Buffer): Packet => {
  const { length } = bytes;
  return decode({ number: 1, timeSeconds: 0, capturedLength: length, originalLength: length, bytes }, "raw", [4789]);
};
const between = (protocol: number, payload: Uint8Array): Buffer =>
  ipv4({ source: a1, destination: b1, protocol }, payload);
const ports = { sourcePort: 50_000, destinationPort: 4789 };
const carried = ethernet({ ...macs }, inner);

/** The same with the checksum field of its outer UDP header at 0. */
function withoutChecksum(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(0, 26);
  return copy;
}

describe("the headers of a packet", () => {
  it("are those of IP alone where it is plain, of either family", () => {
    assert.deepEqual(shapeOf(packet(inner)), { form: "plain", ...ends });
    const six = ipv6(
      { source: "fd00::1", destination: "fd00::2", protocol: 58, hopLimit: 9 },
      icmpv6({ type: 128 }, ping),
    );
    assert.deepEqual(shapeOf(packet(six)), {
      form: "plain",
      source: "fd00::1",
      destination: "fd00::2",
      ttl: 9,
      tos: 0,
    });
  });

  it("are the outer ones too in IPIP, with DF of both", () => {
    assert.deepEqual(shapeOf(packet(between(4, inner))), {
      form: "ipip",
      ...outer,
      ...ends,
      dontFragment: true,
      outerDontFragment: false,
    });
  });

  it("have the port, VNI, flags and MACs in VXLAN, and say where UDP has no checksum", () => {
    const whole = between(17, udp(ports, vxlan({ vni: 4096 }, carried)));
    const shape = {
      ...{ form: "vxlan", ...outer, ...ends, outerDontFragment: false },
      vxlan: { vni: 4096, port: 4789, flags: 8, innerSourceMac: macs.source, innerDestinationMac: macs.destination },
    };
    assert.deepEqual(shapeOf(packet(whole)), shape);
    assert.deepEqual(shapeOf(packet(withoutChecksum(whole))), { ...shape, noChecksum: true });
  });

  it("have both ports in WireGuard, once it is known what is inside", () => {
    const message = Buffer.concat([Buffer.from("0400000044332211", "hex"), Buffer.alloc(8), Buffer.alloc(112, 0xab)]);
    const whole = between(17, udp({ sourcePort: 51_820, destinationPort: 51_821 }, message));
    const shape = {
      ...{ form: "wireguard", ...outer, ...ends, outerDontFragment: false },
      wireguard: { sourcePort: 51_820, port: 51_821 },
    };
    assert.equal(shapeOf(packet(whole)), undefined, "nobody knows yet");
    assert.deepEqual(shapeOf(packet(whole).carrying(packet(inner), "(known)")), shape);
    const bare = packet(withoutChecksum(whole)).carrying(packet(inner), "(known)");
    assert.deepEqual(shapeOf(bare), { ...shape, noChecksum: true });
  });

  it("name every checksum that is wrong", () => {
    const bad = Buffer.from(
      ipv4(
        { source: pod, destination: peer, protocol: 6 },
        tcp({ sourcePort: 1, destinationPort: 2 }, Buffer.from("x")),
      ),
    );
    bad.writeUInt16BE(0xdead, 10);
    bad.writeUInt16BE(0xbeef, 36);
    assert.equal(shapeOf(packet(bad))?.wrongChecksum, "IPv4 and TCP");
  });

  it("are none where nobody can read them", () => {
    assert.equal(shapeOf(packet(Buffer.alloc(4))), undefined);
  });
});

describe("packets look alike", () => {
  const plain: HeaderShape = { form: "plain", ...ends };
  const tunnel: HeaderShape = { ...plain, form: "ipip", ...outer, dontFragment: true, outerDontFragment: true };
  const wireguard: HeaderShape = { ...tunnel, form: "wireguard", wireguard: { sourcePort: 51_820, port: 51_820 } };
  const inVxlan = { vni: 4096, port: 4789, flags: 8, innerSourceMac: "66:00", innerDestinationMac: "66:01" };
  const overlay: HeaderShape = { ...tunnel, form: "vxlan", vxlan: inVxlan };

  it("exactly where all their headers are the same", () => {
    const others: readonly HeaderShape[] = [
      plain,
      { ...plain, source: peer },
      { ...plain, destination: pod },
      { ...plain, ttl: 62 },
      { ...plain, tos: 4 },
      { ...plain, fragment: true },
      { ...plain, wrongChecksum: "IP" },
      { ...plain, form: "other" },
      tunnel,
      { ...tunnel, outerSource: b1 },
      { ...tunnel, outerDestination: a1 },
      { ...tunnel, outerTtl: 1 },
      { ...tunnel, outerTos: 4 },
      { ...tunnel, outerDontFragment: false },
      { ...tunnel, dontFragment: false },
      { ...tunnel, noChecksum: true },
      wireguard,
      { ...wireguard, wireguard: { sourcePort: 1, port: 51_820 } },
      { ...wireguard, wireguard: { sourcePort: 51_820, port: 1 } },
      overlay,
      { ...overlay, vxlan: { ...inVxlan, vni: 1 } },
      { ...overlay, vxlan: { ...inVxlan, port: 8472 } },
      { ...overlay, vxlan: { ...inVxlan, flags: 0 } },
      { ...overlay, vxlan: { ...inVxlan, innerSourceMac: "66:02" } },
      { ...overlay, vxlan: { ...inVxlan, innerDestinationMac: "66:02" } },
    ];
    const keys = others.map(shapeKey);
    assert.equal(new Set(keys).size, others.length);
    assert.deepEqual(
      keys,
      others.map((shape) => shapeKey({ ...shape })),
    );
  });
});
