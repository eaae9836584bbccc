import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import type { ModeId } from "../encap/mode.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { ethernet, ipv4, udp, vxlan } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import type { Packet } from "../packet/packet.ts";
import { probePorts } from "../probe/probe-command.ts";
import type { Plan } from "../topology/plan.ts";
import { AddressBook } from "./address-book.ts";
import { offenceOf, type Law } from "./offence.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const [a1, b1, b2] = ["198.18.1.11", "198.18.2.11", "198.18.2.12"];
/** Type 4, receiver, counter 7, and 96 bytes that nobody can read. */
const wireguardData = Buffer.concat([Buffer.from("0400000011223344", "hex"), counter(7), Buffer.alloc(96, 0xab)]);
const pods = { a1: "198.19.0.1", a1Second: "198.19.0.2", a2: "198.19.0.65", b1: "198.19.0.129" };

describe("offenceOf", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });

  function law(id: ModeId, change: Partial<Law> = {}): Law {
    const mode = modeOf(id);
    const book = new AddressBook(plan, identitiesFromAllocation(plan, mode));
    return { mode, vni: 4096, book, shared: false, exempt: new Set(), ...change };
  }

  const across = between(pods.a1, pods.b1);
  const right = tunnel(a1, b1, across);

  it("lets pass what the mode says", () => {
    const near = between(pods.a1, pods.a2);
    assert.equal(offenceOf(frame(right), law("vxlan-cross-subnet")), undefined);
    assert.equal(offenceOf(frame(near), law("vxlan-cross-subnet")), undefined);
    assert.equal(offenceOf(frame(across), law("none")), undefined);
    assert.equal(offenceOf(frame(ip(a1, b1, 4, across)), law("ipip-always")), undefined);
    assert.equal(offenceOf(frame(between(a1, b1)), law("vxlan-always")), undefined);
  });

  it("lets pass what pods send of themselves, and what is nobody's", () => {
    const own = ip(pods.a1, pods.a2, 17, udp({ sourcePort: 5000, destinationPort: 4789 }, Buffer.alloc(20)));
    assert.equal(offenceOf(frame(own), law("vxlan-cross-subnet")), undefined);
    assert.equal(offenceOf(frame(between("192.0.2.1", pods.b1)), law("vxlan-always")), undefined);
    assert.equal(offenceOf(frame(between(pods.a1, b1)), law("vxlan-always")), undefined);
  });

  it("lets pass WireGuard between nodes that encrypt, and nothing else in its place", async () => {
    plan = await planOf("wireguard");
    const encrypted = law("vxlan-cross-subnet");
    const message = (from: string, to: string, sourcePort = 51820): Buffer =>
      ip(from, to, 17, udp({ sourcePort, destinationPort: 51820 }, wireguardData));
    const said = (bytes: Buffer): string => offenceOf(frame(bytes), encrypted) ?? "nothing";
    assert.equal(said(message(a1, b1)), "nothing");
    assert.match(said(message(a1, b1, 4242)), /^WireGuard, whose content cannot be read/);
    assert.match(said(message(a1, b2)), /^WireGuard, whose content cannot be read/, "b2 takes no part");
    assert.equal(said(across), "plain packets from a1 to b1, where WireGuard is due");
    assert.equal(said(right), "VXLAN from a1 to b1, where WireGuard is due");
    assert.equal(said(tunnel(a1, b2, between(pods.a1, "198.19.0.193"))), "nothing");
    plan = await planOf("two-racks");
  });

  const cases: readonly (readonly [string, ModeId, () => Buffer, string])[] = [
    ["a leak", "vxlan-cross-subnet", () => across, "plain packets from a1 to b1, where VXLAN is due"],
    [
      "a leak of an address that nobody named",
      "ipip-always",
      () => between("198.19.0.50", "198.19.0.180"),
      "plain packets from a1 to b1, where IPIP is due",
    ],
    [
      "a leak in one rack",
      "vxlan-always",
      () => between(pods.a1, pods.a2),
      "plain packets from a1 to a2, where VXLAN is due",
    ],
    [
      "a needless tunnel",
      "vxlan-cross-subnet",
      () => tunnel(a1, "198.18.1.12", between(pods.a1, pods.a2)),
      "VXLAN from a1 to a2, where plain is due",
    ],
    ["the other tunnel", "vxlan-always", () => ip(a1, b1, 4, across), "IPIP from a1 to b1, where VXLAN is due"],
    ["a tunnel of no mode", "none", () => right, "VXLAN from a1 to b1, where plain is due"],
    [
      "a copy to another node",
      "vxlan-always",
      () => tunnel(a1, b2, across),
      "VXLAN between 198.18.1.11 and 198.18.2.12 with packets from a1 to b1",
    ],
    [
      "a foreign VNI",
      "vxlan-always",
      () => tunnel(a1, b1, across, { vni: 77 }),
      "VXLAN of VNI 77 on port 4789, not VNI 4096 on port 4789",
    ],
    [
      "a foreign port",
      "vxlan-always",
      () => tunnel(a1, b1, across, { port: 8472 }),
      "VXLAN of VNI 4096 on port 8472, not VNI 4096 on port 4789",
    ],
    [
      "GRE",
      "vxlan-always",
      () => ip(a1, b1, 47, Buffer.concat([Buffer.from("00000800", "hex"), across])),
      "pod addresses inside GRE",
    ],
    ["ESP", "vxlan-always", () => ip(a1, b1, 50, Buffer.alloc(40, 1)), "ESP, whose content cannot be read"],
    [
      "what stays on one node",
      "vxlan-always",
      () => between(pods.a1, pods.a1Second),
      "plain packets between addresses of a1, which must not leave it",
    ],
  ];
  for (const [name, id, packet, words] of cases) {
    it(`tells ${name} in ${id}`, () => {
      assert.equal(offenceOf(frame(packet(), [8472]), law(id)), words);
    });
  }

  it("tells pods' addresses behind VLAN tags and labels, in every mode", () => {
    const tagged = Buffer.concat([Buffer.from("004d0800", "hex"), across]);
    assert.equal(offenceOf(frame(tagged, [], 0x8100), law("none")), "pod addresses inside VLAN 77");
    const twice = Buffer.concat([Buffer.from("004e8100", "hex"), tagged]);
    assert.equal(offenceOf(frame(twice, [], 0x88a8), law("none")), "pod addresses inside VLAN 78 in VLAN 77");
    const ofHosts = Buffer.concat([Buffer.from("004d0800", "hex"), between(a1, b1)]);
    assert.equal(offenceOf(frame(ofHosts, [], 0x8100), law("none")), undefined);
  });

  it("lets answers of the probes' servers pass, whatever port a masquerade picked for who asked", () => {
    const toPort = (sourcePort: number, destinationPort: number): Buffer =>
      ip(a1, b1, 17, udp({ sourcePort, destinationPort }, Buffer.alloc(84, 0x41)));
    for (const port of [4500, 6080, 4754, 6635, 1194]) {
      assert.equal(offenceOf(frame(toPort(8080, port)), law("none")), undefined, String(port));
      assert.equal(offenceOf(frame(toPort(port, 8080)), law("none")), undefined, String(port));
    }
    assert.equal(offenceOf(frame(toPort(40_000, 4500)), law("none")), "ESP, whose content cannot be read");
  });

  it("does not ask what of others cannot be read, nor what is plain on purpose", () => {
    assert.equal(
      offenceOf(frame(ip(a1, b1, 50, Buffer.alloc(40, 1))), law("vxlan-always", { shared: true })),
      undefined,
    );
    const exempt = new Set([`${pods.a1} ${pods.b1}`]);
    assert.equal(offenceOf(frame(across), law("vxlan-always", { exempt })), undefined);
    assert.notEqual(offenceOf(frame(between(pods.a1Second, pods.b1)), law("vxlan-always", { exempt })), undefined);
  });
});

function counter(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value);
  return bytes;
}

function between(source: string, destination: string): Buffer {
  return ip(source, destination, 17, udp({ sourcePort: 1000, destinationPort: 443 }, Buffer.alloc(20)));
}

function ip(source: string, destination: string, protocol: number, payload: Uint8Array): Buffer {
  return ipv4({ source, destination, protocol }, payload);
}

function tunnel(from: string, to: string, content: Buffer, { vni = 4096, port = 4789 } = {}): Buffer {
  return ip(from, to, 17, udp({ sourcePort: 50_000, destinationPort: port }, vxlan({ vni }, ethernet(macs, content))));
}

function frame(content: Buffer, ports: readonly number[] = [], etherType = 0x0800): Packet {
  const bytes = ethernet({ ...macs, etherType }, content);
  const record = { number: 1, timeSeconds: 1, capturedLength: bytes.length, originalLength: bytes.length, bytes };
  return decode(record, "ethernet", [4789, ...ports], probePorts);
}
