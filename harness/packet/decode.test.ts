import assert from "node:assert/strict";
import { decode } from "./decode.ts";
import { ethernet, icmp, icmpv6, ipv4, ipv6, tcp, udp, vxlan } from "./build.ts";
import { formOf, innerEthernet, innerIp, outerIp, overheadOf, transport, vxlanOf } from "./form.ts";
import type { Protocol } from "./cursor.ts";
import type { Packet } from "./packet.ts";
import { packetLines } from "./packet-lines.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const a1 = { source: "198.18.1.11", destination: "198.18.2.11" };
const pods = { source: "198.19.0.2", destination: "198.19.0.66" };
const echo = icmp({ identifier: 7, sequence: 1 }, Buffer.from("token"));
const podPing = ipv4({ ...pods, protocol: 1, ttl: 63, dontFragment: true }, echo);
const vtepFrame = ethernet({ source: "66:00:00:00:00:01", destination: "66:00:00:00:00:02" }, podPing);
const vxlanPing = ethernet(
  macs,
  ipv4({ ...a1, protocol: 17 }, udp({ sourcePort: 41_678, destinationPort: 4789 }, vxlan({ vni: 4096 }, vtepFrame))),
);

function decodeBytes(bytes: Uint8Array, first: Protocol = "ethernet", originalLength = bytes.length): Packet {
  const record = { number: 1, timeSeconds: 0, capturedLength: bytes.length, originalLength, bytes };
  return decode(record, first, [4789]);
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

function stack(packet: Packet): string {
  return packet.layers.map(({ kind }) => kind).join(" ");
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

describe("decode: real bytes", () => {
  it("reads a router's ICMP redirect, what it quotes apart from its own headers", () => {
    // ethernet ipv4 icmp | quotes ipv4 icmp; packet 54 of testdata/calico-none-router-redirects.pcap
    const packet = decodeBytes(
      hex(`02420a0a010b 02420a0a01fe 0800
           45c00070c14f00004001a161 0a0a01fe 0a0a010b  0501eff3 0a0a0101
           4500005446f840003f01df32 0a0a010b c0a849c1  08005d5c 59f90002 9c68016b00000000d5010f0000000000
           101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637`),
    );
    assert.equal(stack(packet), "ethernet ipv4 icmp");
    assert.deepEqual(packetLines(packet), [
      "Ethernet 02:42:0a:0a:01:fe > 02:42:0a:0a:01:0b type 0x0800",
      "IPv4 10.10.1.254 > 10.10.1.11 ttl 64 len 112 proto ICMP",
      "ICMP redirect code 1",
      "quotes IPv4 10.10.1.11 > 192.168.73.193 ttl 63 len 84 DF proto ICMP",
      "quotes ICMP echo request id 23033 seq 2",
    ]);
    assert.equal(innerIp(packet)?.source, "10.10.1.254");
  });

  it("reads ARP", () => {
    // ethernet arp, padded to 60 bytes as switches do
    const packet = decodeBytes(
      hex(`ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c612010b 000000000000 c61201fe
           000000000000000000000000000000000000`),
    );
    assert.equal(stack(packet), "ethernet arp");
    assert.equal(packetLines(packet)[1], "ARP who has 198.18.1.254, tell 198.18.1.11 (02:00:00:00:00:01)");
  });
});

describe("decode: encapsulation", () => {
  it("tells outer, VXLAN and inner headers apart", () => {
    const packet = decodeBytes(vxlanPing);
    assert.equal(stack(packet), "ethernet ipv4 udp vxlan ethernet ipv4 icmp");
    assert.equal(formOf(packet), "vxlan");
    assert.equal(outerIp(packet)?.destination, "198.18.2.11");
    assert.equal(innerIp(packet)?.destination, "198.19.0.66");
    assert.equal(innerEthernet(packet)?.source, "66:00:00:00:00:01");
    assert.deepEqual([vxlanOf(packet)?.vni, vxlanOf(packet)?.flags], [4096, 0x08]);
    const icmpLayer = transport(packet);
    assert.ok(icmpLayer?.kind === "icmp");
    assert.deepEqual([icmpLayer.type, icmpLayer.identifier, icmpLayer.sequence], [8, 7, 1]);
    assert.equal(overheadOf(packet), 50);
    assert.equal(text(packet.payload), "token");
    assert.equal(packet.problem, undefined);
  });

  it("never guesses the VXLAN port, but says what a payload on another one looks like", () => {
    const other = ethernet(
      macs,
      ipv4({ ...a1, protocol: 17 }, udp({ sourcePort: 1, destinationPort: 8472 }, vxlan({ vni: 1 }, vtepFrame))),
    );
    assert.equal(stack(decodeBytes(other)), "ethernet ipv4 udp tunnel");
    assert.equal(formOf(decodeBytes(other)), "suspected-vxlan");
    assert.equal(innerIp(decodeBytes(other)), undefined);
    const record = { number: 1, timeSeconds: 0, capturedLength: other.length, originalLength: other.length };
    assert.equal(formOf(decode({ ...record, bytes: other }, "ethernet", [8472])), "vxlan");
    const answer = ethernet(macs, ipv4({ ...a1, protocol: 17 }, udp({ sourcePort: 4789, destinationPort: 53 }, echo)));
    assert.equal(formOf(decodeBytes(answer)), "plain");
  });

  it("reads IPIP (protocol 4) and 6in4 (protocol 41)", () => {
    const ipip = decodeBytes(ethernet(macs, ipv4({ ...a1, protocol: 4 }, podPing)));
    assert.equal(stack(ipip), "ethernet ipv4 ipv4 icmp");
    assert.equal(formOf(ipip), "ipip");
    assert.equal(overheadOf(ipip), 20);
    const v6 = ipv6(
      { source: "fd00::1", destination: "fd00::2", protocol: 17 },
      udp({ sourcePort: 1, destinationPort: 2 }, echo),
    );
    const sixInFour = decodeBytes(ethernet(macs, ipv4({ ...a1, protocol: 41 }, v6)));
    assert.equal(stack(sixInFour), "ethernet ipv4 ipv6 udp");
    assert.equal(innerIp(sixInFour)?.source, "fd00::1");
  });

  it("counts 70 bytes for VXLAN over IPv6", () => {
    const outer = { source: "fd00:1::11", destination: "fd00:2::11", protocol: 17 };
    const datagram = udp({ sourcePort: 41_678, destinationPort: 4789 }, vxlan({ vni: 4096 }, vtepFrame));
    const packet = decodeBytes(ethernet({ ...macs, etherType: 0x86dd }, ipv6(outer, datagram)));
    assert.equal(stack(packet), "ethernet ipv6 udp vxlan ethernet ipv4 icmp");
    assert.equal(overheadOf(packet), 70);
  });

  it("keeps the form, but claims no inner header, where the inner header is cut", () => {
    const ipip = ethernet(macs, ipv4({ ...a1, protocol: 4 }, podPing));
    const cut = decodeBytes(ipip.subarray(0, 40), "ethernet", ipip.length);
    assert.equal(formOf(cut), "ipip");
    assert.equal(innerIp(cut), undefined);
    assert.equal(cut.problem?.kind, "truncated");
    const cutVxlan = decodeBytes(vxlanPing.subarray(0, 46), "ethernet", vxlanPing.length);
    assert.equal(formOf(cutVxlan), "vxlan");
    assert.equal(innerIp(cutVxlan), undefined);
    assert.equal(transport(cutVxlan), undefined);
  });

  it("does not take ARP inside VXLAN for traffic of the outer addresses", () => {
    const arp = hex("0001 0800 06 04 0002 660000000001 c6130002 660000000002 c6130042");
    const frame = ethernet({ ...macs, etherType: 0x0806 }, arp);
    const outer = ipv4(
      { ...a1, protocol: 17 },
      udp({ sourcePort: 9, destinationPort: 4789 }, vxlan({ vni: 1 }, frame)),
    );
    const packet = decodeBytes(ethernet(macs, outer));
    assert.equal(stack(packet), "ethernet ipv4 udp vxlan ethernet arp");
    assert.equal(innerIp(packet), undefined);
    assert.equal(packetLines(packet).at(-1), "ARP 198.19.0.2 is at 66:00:00:00:00:01");
  });

  it("stops at a bounded depth", () => {
    let packet = podPing;
    for (let depth = 0; depth < 40; depth += 1) packet = ipv4({ ...a1, protocol: 4 }, packet);
    const decoded = decodeBytes(packet, "ipv4");
    assert.deepEqual(decoded.problem, { kind: "malformed", protocol: "ipv4", reason: "more than 24 headers" });
  });
});

describe("decode: link layers", () => {
  it("reads single and stacked VLAN tags", () => {
    // ethernet vlan(802.1ad 100) vlan(802.1Q 42, priority 5) ipv4 icmp
    const tags = hex("0064 8100 a02a 0800");
    const packet = decodeBytes(ethernet({ ...macs, etherType: 0x88a8 }, Buffer.concat([tags, podPing])));
    assert.equal(stack(packet), "ethernet vlan vlan ipv4 icmp");
    assert.deepEqual(packetLines(packet).slice(1, 3), ["VLAN 100 type 0x8100", "VLAN 42 priority 5 type 0x0800"]);
  });

  it("reads interface and direction from SLL2, also of tunl0, which has no link address", () => {
    // sll2: IPv4, interface 5, ARPHRD_ETHER, outgoing, 6-byte address
    const packet = decodeBytes(
      Buffer.concat([hex("0800 0000 00000005 0001 04 06 020000000001 0000"), podPing]),
      "sll2",
    );
    assert.equal(stack(packet), "sll2 ipv4 icmp");
    assert.deepEqual([packet.interfaceIndex, packet.packetType], [5, "out"]);
    assert.equal(packetLines(packet)[0], "SLL2 interface 5 out 02:00:00:00:00:01");
    const tunl0 = decodeBytes(
      Buffer.concat([hex("0800 0000 00000009 0300 00 04 c612010b 0000 0000"), podPing]),
      "sll2",
    );
    assert.equal(packetLines(tunl0)[0], "SLL2 interface 9 in");
  });

  it("reads SLL, and raw IP by its version", () => {
    const sll = decodeBytes(Buffer.concat([hex("0000 0001 0006 020000000001 0000 0800"), podPing]), "sll");
    assert.equal(stack(sll), "sll ipv4 icmp");
    assert.equal(sll.packetType, "in");
    assert.equal(stack(decodeBytes(podPing, "raw")), "ipv4 icmp");
    assert.equal(decodeBytes(hex("00"), "raw").problem?.kind, "malformed");
    assert.equal(decodeBytes(hex(""), "raw").problem?.kind, "malformed");
  });
});

describe("decode: IPv4", () => {
  it("reads options, and trims link padding", () => {
    const withOptions = ipv4({ ...pods, protocol: 1, options: hex("01010100") }, echo);
    const packet = decodeBytes(ethernet(macs, Buffer.concat([withOptions, Buffer.alloc(20)])));
    assert.equal(text(packet.payload), "token");
    const ip = innerIp(packet);
    assert.ok(ip?.kind === "ipv4");
    assert.deepEqual([ip.headerLength, ip.length, ip.dontFragment], [24, 24 + 13, false]);
  });

  it("takes total length 0 (TSO) as up to the end of the frame", () => {
    const packet = decodeBytes(ethernet(macs, ipv4({ ...pods, protocol: 1, totalLength: 0 }, echo)));
    assert.equal(text(packet.payload), "token");
    assert.equal(innerIp(packet)?.length, 20 + 13);
    assert.equal(packet.problem, undefined);
  });

  it("reads the transport header of a first fragment only", () => {
    const datagram = udp({ sourcePort: 5000, destinationPort: 53 }, Buffer.alloc(64));
    const first = decodeBytes(
      ipv4({ ...pods, protocol: 17, identification: 9, moreFragments: true }, datagram.subarray(0, 32)),
      "ipv4",
    );
    assert.equal(stack(first), "ipv4 udp");
    assert.equal(first.problem, undefined);
    const later = decodeBytes(
      ipv4({ ...pods, protocol: 17, identification: 9, fragmentOffset: 32 }, datagram.subarray(32)),
      "ipv4",
    );
    assert.equal(stack(later), "ipv4");
    assert.match(packetLines(later)[0] ?? "", /fragment 9@32 proto UDP$/);
  });

  it("tells cut from malformed", () => {
    const cut = decodeBytes(podPing.subarray(0, 18), "ipv4", podPing.length);
    assert.deepEqual(cut.problem, { kind: "truncated", protocol: "ipv4", reason: "header needs 20 bytes, 18 present" });
    assert.equal(decodeBytes(podPing.subarray(0, 18), "ipv4").problem?.kind, "malformed");
    const shortHeader = Buffer.from(podPing);
    shortHeader[0] = 0x44;
    assert.equal(decodeBytes(shortHeader, "ipv4").problem?.reason, "header length is 16");
    const tooShort = ipv4({ ...pods, protocol: 1, totalLength: 12 }, echo);
    assert.match(decodeBytes(tooShort, "ipv4").problem?.reason ?? "", /total length 12 is less than/);
    const overlong = decodeBytes(ipv4({ ...pods, protocol: 1, totalLength: 100 }, echo), "ipv4");
    assert.equal(stack(overlong), "ipv4 icmp truncated");
    assert.match(overlong.problem?.reason ?? "", /exceeds what is there by 67 bytes/);
  });
});

describe("decode: IPv6", () => {
  const ends = { source: "fd00:10::2", destination: "fd00:20::2" };

  it("writes addresses as RFC 5952 says", () => {
    const packet = decodeBytes(
      ipv6({ source: "2001:db8:0:1:1:1:1:1", destination: "0:0:1::", protocol: 59 }, echo),
      "ipv6",
    );
    assert.equal(innerIp(packet)?.source, "2001:db8:0:1:1:1:1:1");
    assert.equal(innerIp(packet)?.destination, "0:0:1::");
    const loopback = decodeBytes(ipv6({ source: "::1", destination: "fe80::a:0:0:1", protocol: 59 }, echo), "ipv6");
    assert.deepEqual([innerIp(loopback)?.source, innerIp(loopback)?.destination], ["::1", "fe80::a:0:0:1"]);
  });

  it("walks over extension headers to the transport header", () => {
    // hop-by-hop (next: destination options), destination options (next: UDP)
    const extensions = hex("3c00010400000000 1100010400000000");
    const datagram = udp({ sourcePort: 1, destinationPort: 2 }, echo);
    const packet = decodeBytes(ipv6({ ...ends, protocol: 17, nextHeader: 0, extensions }, datagram), "ipv6");
    assert.equal(stack(packet), "ipv6 udp");
    const ip = innerIp(packet);
    assert.ok(ip?.kind === "ipv6");
    assert.deepEqual([ip.protocol, ip.headerLength, ip.length], [17, 56, 40 + 16 + 21]);
  });

  it("reads fragments", () => {
    // fragment header: next ICMPv6, offset 1480, last, id 0xabcd
    const extensions = hex("3a00 05c8 0000abcd");
    const packet = decodeBytes(ipv6({ ...ends, protocol: 58, nextHeader: 44, extensions }, Buffer.alloc(20)), "ipv6");
    assert.equal(stack(packet), "ipv6");
    const ip = innerIp(packet);
    assert.ok(ip?.kind === "ipv6");
    assert.deepEqual(ip.fragment, { identification: 0xabcd, offset: 1480, more: false });
  });

  it("keeps the header where an extension header is cut", () => {
    const packet = decodeBytes(
      ipv6({ ...ends, protocol: 17, nextHeader: 0, extensions: hex("11ff0000") }, hex("")),
      "ipv6",
    );
    assert.equal(stack(packet), "ipv6 malformed");
  });

  it("reads echo, neighbor discovery and packet too big with what it quotes", () => {
    const request = icmpv6({ type: 128 }, hex("0007 0001 746f6b656e"));
    const ping = decodeBytes(ipv6({ ...ends, protocol: 58 }, request), "ipv6");
    assert.equal(packetLines(ping)[1], "ICMPv6 echo request id 7 seq 1");
    assert.equal(text(ping.payload), "token");
    const target = hex("00000000 fd000010000000000000000000000009");
    const nd = decodeBytes(ipv6({ ...ends, protocol: 58 }, icmpv6({ type: 135 }, target)), "ipv6");
    assert.equal(packetLines(nd)[1], "ICMPv6 neighbor solicitation fd00:10::9");
    const quoted = ipv6({ ...ends, protocol: 58 }, request);
    const tooBig = icmpv6({ type: 2 }, Buffer.concat([hex("000005aa"), quoted]));
    const error = decodeBytes(ipv6({ ...ends, protocol: 58 }, tooBig), "ipv6");
    assert.deepEqual(packetLines(error).slice(1), [
      "ICMPv6 packet too big, mtu 1450",
      "quotes IPv6 fd00:10::2 > fd00:20::2 hlim 64 len 53 proto ICMPv6",
      "quotes ICMPv6 echo request id 7 seq 1",
    ]);
  });
});

describe("decode: transport", () => {
  it("reads TCP with options", () => {
    const syn = tcp(
      { sourcePort: 40_000, destinationPort: 80, sequence: 1, flags: 0x02, options: hex("01 020405aa 010000") },
      hex(""),
    );
    const packet = decodeBytes(ipv4({ ...pods, protocol: 6 }, syn), "ipv4");
    assert.equal(packetLines(packet)[1], "TCP 40000 > 80 [S] seq 1 ack 0 win 65535 mss 1450");
    assert.equal(packet.payload.length, 0);
    const bad = Buffer.from(syn);
    bad[12] = 0x10;
    assert.equal(decodeBytes(ipv4({ ...pods, protocol: 6 }, bad), "ipv4").problem?.reason, "header length is 4");
  });

  it("reads the next hop's MTU from fragmentation needed, and a quote of only 8 bytes", () => {
    const quoted = podPing.subarray(0, 28);
    const error = icmp({ type: 3, code: 4, sequence: 1450 }, quoted);
    const packet = decodeBytes(ipv4({ source: "198.18.1.254", destination: "198.19.0.2", protocol: 1 }, error), "ipv4");
    assert.equal(packetLines(packet)[1], "ICMP fragmentation needed, mtu 1450");
    assert.deepEqual(
      packet.quoted.map(({ kind }) => kind),
      ["ipv4", "icmp"],
    );
    assert.equal(packet.problem, undefined);
  });

  it("refuses a UDP length shorter than its header", () => {
    const datagram = udp({ sourcePort: 1, destinationPort: 2 }, echo);
    datagram.writeUInt16BE(4, 4);
    assert.equal(decodeBytes(ipv4({ ...pods, protocol: 17 }, datagram), "ipv4").problem?.kind, "malformed");
  });
});
