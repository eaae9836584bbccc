import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { ethernet, ipv4, udp, vxlan } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import type { Packet } from "../packet/packet.ts";
import type { Plan } from "../topology/plan.ts";
import { AddressBook } from "./address-book.ts";
import { offenceOf } from "./offence.ts";
import { tellsTag, wireOf } from "./vlan-tag.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const [a1, b1] = ["198.18.1.11", "198.18.2.11"];
const pods = { a1: "198.19.0.1", b1: "198.19.0.129" };

describe("tags of VLAN uplinks", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("vlan-uplinks");
  });

  function offence(packet: Packet, node = "a1"): string | undefined {
    const mode = modeOf("vxlan-cross-subnet");
    const book = new AddressBook(plan, identitiesFromAllocation(plan, mode));
    const wire = wireOf(plan, { node, device: node.startsWith("a") ? "eth0.101" : "eth0.102" });
    return offenceOf(packet, { mode, vni: 4096, book, shared: false, exempt: new Set(), wire });
  }

  const right = tunnel(a1, b1, between(pods.a1, pods.b1));

  it("are looked for on the card, where they are", () => {
    assert.deepEqual(wireOf(plan, { node: "b2", device: "eth0.102" }), { node: "b2", device: "eth0", vlan: 102 });
    assert.deepEqual(wireOf(plan, { node: "tor", device: "eth0" }), { node: "tor", device: "eth0" });
  });

  it("are right where they are the rack's, and what is inside is judged as ever", () => {
    assert.equal(offence(tagged([101], right)), undefined);
    assert.equal(offence(tagged([101], between(pods.a1, pods.b1))), "plain packets from a1 to b1, where VXLAN is due");
    assert.equal(offence(tagged([101, 7], right)), "pod addresses inside VLAN 7");
  });

  it("are wrong or missing in what a node sends and gets, tunnels, pings and ARP alike", () => {
    assert.equal(offence(tagged([102], right)), "frames from a1 in VLAN 102, where VLAN 101 is due");
    assert.equal(offence(tagged([], right)), "frames from a1 without a tag, where VLAN 101 is due");
    assert.equal(offence(tagged([], between(a1, b1))), "frames from a1 without a tag, where VLAN 101 is due");
    assert.equal(offence(tagged([], right), "b1"), "frames to b1 without a tag, where VLAN 102 is due");
    assert.equal(
      offence(frameOf(arp(a1, "198.18.1.1"), 0x0806)),
      "frames from a1 without a tag, where VLAN 101 is due",
    );
    assert.equal(offence(tagged([], between("192.0.2.1", "192.0.2.2"))), undefined, "of nobody's");
  });

  it("are told from other offences, with the way that the frames go", () => {
    assert.equal(tellsTag(offence(tagged([], right)) ?? "", 101), "from");
    assert.equal(tellsTag(offence(tagged([], right), "b1") ?? "", 102), "to");
    assert.equal(tellsTag("pod addresses inside VLAN 7", 101), undefined);
    assert.equal(tellsTag("plain packets from a1 to b1, where VXLAN is due", 101), undefined);
  });
});

function between(source: string, destination: string): Buffer {
  return ipv4({ source, destination, protocol: 17 }, udp({ sourcePort: 1000, destinationPort: 443 }, Buffer.alloc(20)));
}

function tunnel(source: string, destination: string, content: Buffer): Buffer {
  const payload = vxlan({ vni: 4096 }, ethernet(macs, content));
  return ipv4({ source, destination, protocol: 17 }, udp({ sourcePort: 50_000, destinationPort: 4789 }, payload));
}

/** A request (RFC 826). */
function arp(sender: string, target: string): Buffer {
  const bytes = (address: string): number[] => address.split(".").map(Number);
  const head = Buffer.from("0001080006040001020000000001", "hex");
  return Buffer.concat([head, Buffer.from(bytes(sender)), Buffer.alloc(6), Buffer.from(bytes(target))]);
}

/** Tags from the outside in. */
function tagged(ids: readonly number[], content: Buffer): Packet {
  const header = ids.map((id, index) =>
    Buffer.from([id >> 8, id & 0xff, ...(index === ids.length - 1 ? [0x08, 0x00] : [0x81, 0x00])]),
  );
  return frameOf(Buffer.concat([...header, content]), ids.length === 0 ? 0x0800 : 0x8100);
}

function frameOf(content: Buffer, etherType: number): Packet {
  const bytes = ethernet({ ...macs, etherType }, content);
  const record = { number: 1, timeSeconds: 1, capturedLength: bytes.length, originalLength: bytes.length, bytes };
  return decode(record, "ethernet", [4789], []);
}
