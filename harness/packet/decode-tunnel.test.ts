import assert from "node:assert/strict";
import { ethernet, icmp, ipv4, ipv6, tcp, udp, vxlan } from "./build.ts";
import { decode } from "./decode.ts";
import { formOf, innerIp, outerIp, overheadOf, transport, type PacketForm } from "./form.ts";
import type { Packet } from "./packet.ts";
import { packetLines } from "./packet-lines.ts";
import { isLaterStt } from "./tunnel/stt.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const nodes = { source: "198.18.1.11", destination: "198.18.2.11" };
const nodes6 = { source: "fd00:1::11", destination: "fd00:2::11" };
const echo = icmp({ identifier: 7, sequence: 1 }, Buffer.alloc(56));
const ping = ipv4({ source: "198.19.0.2", destination: "198.19.0.66", protocol: 1 }, echo);
const ping6 = ipv6({ source: "fd00::2", destination: "fd00::42", protocol: 59 }, Buffer.alloc(8));
const frame = ethernet({ source: "66:00:00:00:00:01", destination: "66:00:00:00:00:02" }, ping);
const ppp = Buffer.concat([hex("ff030021"), ping]);

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

function decodeBytes(bytes: Uint8Array, originalLength = bytes.length): Packet {
  return decode({ number: 1, timeSeconds: 0, capturedLength: bytes.length, originalLength, bytes }, "ethernet", [4789]);
}

function inIp(protocol: number, header: string, payload: Uint8Array): Packet {
  return decodeBytes(ethernet(macs, ipv4({ ...nodes, protocol }, Buffer.concat([hex(header), payload]))));
}

function inIp6(protocol: number, header: string, payload: Uint8Array): Packet {
  const packet = ipv6({ ...nodes6, protocol }, Buffer.concat([hex(header), payload]));
  return decodeBytes(ethernet({ ...macs, etherType: 0x86dd }, packet));
}

function inUdp(port: number, header: string, payload: Uint8Array, sourcePort = 40_000): Packet {
  const datagram = udp({ sourcePort, destinationPort: port }, Buffer.concat([hex(header), payload]));
  return decodeBytes(ethernet(macs, ipv4({ ...nodes, protocol: 17 }, datagram)));
}

/** With the inner ping in sight: form, overhead and the line that the tunnel's header prints. */
const readable: readonly (readonly [string, Packet, PacketForm, number, string])[] = [
  ["GRE", inIp(47, "0000 0800", ping), "gre", 24, "GRE carries IPv4"],
  [
    "GRE with checksum, key, sequence",
    inIp(47, "b000 0800 00000000 0000002a 00000001", ping),
    "gre",
    36,
    "GRE key 42 carries IPv4",
  ],
  ["GRE with a route", inIp(47, "4000 0800 00000000 08000004 c6120101 00000000", ping), "gre", 40, "GRE carries IPv4"],
  ["GRE over IPv6", inIp6(47, "0000 0800", ping), "gre", 44, "GRE carries IPv4"],
  ["GRETAP with a key", inIp(47, "2000 6558 0000002a", frame), "gretap", 42, "GRE key 42 carries Ethernet"],
  ["GRE with MPLS", inIp(47, "0000 8847 00010140", ping), "gre", 28, "GRE carries EtherType 0x8847"],
  ["PPTP", inIp(47, "3081 880b 00580007 00000001 00000001", ppp), "gre", 40, "GRE key 7 carries EtherType 0x880b"],
  ["ERSPAN I", inIp(47, "0000 88be", frame), "erspan", 38, "ERSPAN type I"],
  ["ERSPAN II", inIp(47, "1000 88be 00000001 10010064 00000000", frame), "erspan", 50, "ERSPAN type II session 100"],
  [
    "ERSPAN III",
    inIp(47, "1000 22eb 00000001 20010064 00000000 00000000", frame),
    "erspan",
    54,
    "ERSPAN type III session 100",
  ],
  [
    "ERSPAN III with platform bytes",
    inIp(47, "1000 22eb 00000001 20010064 00000000 00000001 0000000000000000", frame),
    "erspan",
    62,
    "ERSPAN type III session 100",
  ],
  ["Geneve", inUdp(6081, "0000 6558 001000 00", frame), "geneve", 50, "Geneve vni 4096"],
  [
    "Geneve with options",
    inUdp(6081, "0240 6558 001000 00 0102800100000005", frame),
    "geneve",
    58,
    "Geneve vni 4096 options 8",
  ],
  ["Geneve with IP", inUdp(6081, "0000 0800 001000 00", ping), "geneve", 36, "Geneve vni 4096"],
  ["Geneve on a port of its own", inUdp(7777, "0000 6558 001000 00", frame), "geneve", 50, "Geneve vni 4096"],
  ["VXLAN-GPE", inUdp(4790, "0c000001 001000 00", ping), "vxlan-gpe", 36, "VXLAN-GPE vni 4096 next protocol 1"],
  [
    "VXLAN-GPE on VXLAN's port",
    inUdp(4789, "0c000003 001000 00", frame),
    "vxlan-gpe",
    50,
    "VXLAN-GPE vni 4096 next protocol 3",
  ],
  [
    "VXLAN-GPE with NSH",
    inUdp(4790, "0c000004 001000 00 0fc20101 000010ff", ping),
    "vxlan-gpe",
    44,
    "VXLAN-GPE vni 4096 next protocol 4",
  ],
  [
    "VXLAN without flag I",
    inUdp(4789, "00000000 001000 00", frame),
    "invalid-vxlan",
    50,
    "VXLAN vni 4096 flags 0x00: flag I missing",
  ],
  [
    "VXLAN with reserved bits",
    inUdp(4789, "08000100 001000 00", frame),
    "invalid-vxlan",
    50,
    "VXLAN vni 4096 flags 0x08: reserved bits set",
  ],
  ["6in4", inIp(41, "", ping6), "6in4", 20, ""],
  ["4in6", inIp6(4, "", ping), "4in6", 40, ""],
  ["ip6ip6", inIp6(41, "", ping6), "ip6ip6", 40, ""],
  ["L2TP", inUdp(1701, "0002 0001 0002", ppp), "l2tp", 38, "L2TP tunnel 1 session 2"],
  [
    "L2TP with all fields",
    inUdp(1701, "4a02 0062 0001 0002 0003 0004 0002 0000", ppp),
    "l2tp",
    48,
    "L2TP tunnel 1 session 2",
  ],
  ["GTP-U", inUdp(2152, "30ff 0054 0000002a", ping), "gtp", 36, "GTP-U teid 42"],
  ["GTP-U with an extension", inUdp(2152, "34ff 0060 0000002a 00000085 01100900", ping), "gtp", 44, "GTP-U teid 42"],
  ["LISP", inUdp(4341, "80000000 00000001", ping), "lisp", 36, "LISP"],
  ["GUE", inUdp(6080, "00040000", ping), "gue", 32, "GUE carries IPv4"],
  ["GUE version 1", inUdp(6080, "", ping), "gue", 28, "GUE version 1"],
  ["Teredo", inUdp(3544, "0000 1234 c6120101", ping6), "teredo", 36, "Teredo"],
  ["MPLS in UDP", inUdp(6635, "00010140", ping), "mpls-in-udp", 32, "MPLS in UDP"],
  ["MPLS in IP", inIp(137, "00010140", ping), "mpls-in-ip", 24, "MPLS in IP"],
  ["EtherIP", inIp(97, "3000", frame), "etherip", 36, "EtherIP"],
  ["a frame in IPv6", inIp6(143, "", frame), "etherip", 54, "Ethernet in IP"],
  ["IP in UDP on any port", inUdp(8285, "", ping), "ip-in-udp", 28, "IP in UDP"],
  ["IPv6 in UDP on any port", inUdp(5555, "", ping6), "ip-in-udp", 28, "IP in UDP"],
];

describe("decode: tunnels whose packets can be read", () => {
  for (const [name, packet, form, overhead, line] of readable) {
    it(`reads the packet inside ${name}`, () => {
      const lines = packetLines(packet);
      assert.equal(formOf(packet), form, lines.join("\n"));
      assert.match(innerIp(packet)?.source ?? "", /^(198\.19\.0\.2|fd00::2)$/, lines.join("\n"));
      assert.equal(overheadOf(packet), overhead, lines.join("\n"));
      assert.equal(packet.problem, undefined);
      if (line !== "") assert.ok(lines.includes(line), lines.join("\n"));
    });
  }

  it("reads a frame in STT from its first segment, and leaves what only others tell", () => {
    const header = hex("00 00 00 00 0000 0000 0000000000000001 0000");
    const segment = (place: number, body: Uint8Array) => {
      const sequence = ((header.length + frame.length) << 16) | place;
      const carried = tcp({ sourcePort: 40_000, destinationPort: 7471, sequence: sequence >>> 0 }, body);
      return decodeBytes(ethernet(macs, ipv4({ ...nodes, protocol: 6 }, carried)));
    };
    const first = segment(0, Buffer.concat([header, frame]));
    assert.equal(formOf(first), "stt");
    assert.equal(innerIp(first)?.source, "198.19.0.2");
    const later = segment(60, frame.subarray(42));
    assert.deepEqual([formOf(later), isLaterStt(later)], ["plain", true]);
    const syn = tcp({ sourcePort: 40_000, destinationPort: 7471, flags: 2 }, Buffer.alloc(0));
    assert.equal(formOf(decodeBytes(ethernet(macs, ipv4({ ...nodes, protocol: 6 }, syn)))), "plain");
  });

  it("sees AH as a form of its own, and the traffic behind it", () => {
    const segment = tcp({ sourcePort: 40_000, destinationPort: 80 }, Buffer.alloc(0));
    for (const packet of [
      inIp(51, "06 04 0000 00001001 00000001 000000000000000000000000", segment),
      inIp6(51, "06 04 0000 00001001 00000001 000000000000000000000000", segment),
    ]) {
      assert.equal(formOf(packet), "ah");
      assert.equal(innerIp(packet), outerIp(packet));
      assert.equal(transport(packet)?.kind, "tcp");
    }
    const tunnel = inIp(51, "04 04 0000 00001001 00000001 000000000000000000000000", ping);
    assert.deepEqual([formOf(tunnel), innerIp(tunnel)?.source, overheadOf(tunnel)], ["ah", "198.19.0.2", 44]);
  });
});

const wireguardData = `04000000 44332211 0100000000000000 ${"ab".repeat(32)}`;

/** Encrypted, or of a form that only its ends know. */
const opaque: readonly (readonly [string, Packet, PacketForm, string])[] = [
  ["ESP", inIp(50, "00001001 00000001", Buffer.alloc(80)), "esp", "ESP spi 0x00001001 seq 1"],
  ["ESP over IPv6", inIp6(50, "00001001 00000001", Buffer.alloc(80)), "esp", "ESP spi 0x00001001 seq 1"],
  ["ESP in UDP", inUdp(4500, "00001001 00000001", Buffer.alloc(80)), "esp", "ESP spi 0x00001001 seq 1"],
  [
    "ESP in UDP, answered",
    inUdp(50_000, "00001001 00000001", Buffer.alloc(80), 4500),
    "esp",
    "ESP spi 0x00001001 seq 1",
  ],
  [
    "WireGuard data",
    inUdp(51820, wireguardData, hex("")),
    "wireguard",
    "WireGuard transport data, receiver 0x11223344",
  ],
  [
    "WireGuard on any port",
    inUdp(443, wireguardData, hex("")),
    "wireguard",
    "WireGuard transport data, receiver 0x11223344",
  ],
  ["a WireGuard handshake", inUdp(51821, "01000000", Buffer.alloc(144)), "wireguard", "WireGuard handshake initiation"],
  ["its answer", inUdp(9999, "02000000", Buffer.alloc(88)), "wireguard", "WireGuard handshake response"],
  ["a WireGuard cookie", inUdp(9999, "03000000", Buffer.alloc(60)), "wireguard", "WireGuard cookie reply"],
  ["L2TPv3 in UDP", inUdp(1701, "00030000 00000007", frame), "l2tp", "L2TPv3 session 7"],
  ["L2TPv3 in IP", inIp(115, "00000007", frame), "l2tp", "L2TPv3 session 7"],
  ["OpenVPN", inUdp(1194, "48000001", Buffer.alloc(80)), "openvpn", "OpenVPN data"],
  ["CAPWAP", inUdp(5247, "00100200", Buffer.alloc(80)), "capwap", "CAPWAP data"],
  ["IPComp", inIp(108, "04000002", Buffer.alloc(40)), "other-tunnel", "IPComp"],
  ["GRE of another version", inIp(47, "0002 0800", Buffer.alloc(40)), "gre", "GRE version 2"],
  [
    "VXLAN on another port",
    inUdp(14789, "", vxlan({ vni: 4096 }, frame)),
    "suspected-vxlan",
    "begins like VXLAN vni 4096",
  ],
];

describe("decode: tunnels whose packets cannot be read", () => {
  for (const [name, packet, form, line] of opaque) {
    it(`names ${name}`, () => {
      assert.equal(formOf(packet), form, packetLines(packet).join("\n"));
      assert.equal(innerIp(packet), undefined);
      assert.ok(packetLines(packet).includes(line), packetLines(packet).join("\n"));
    });
  }
});

/** Control messages and other people's use of a port: no packet inside. */
const plain: readonly (readonly [string, Packet])[] = [
  ["IKE in UDP 4500", inUdp(4500, "00000000", Buffer.alloc(80))],
  ["a keepalive of ESP", inUdp(4500, "ff", hex(""))],
  ["L2TP's control channel", inUdp(1701, "c802 000c 0001 0000 0000 0000", hex(""))],
  ["GTP-U echo", inUdp(2152, "3201 0004 00000000 00000000", hex(""))],
  ["an OpenVPN handshake", inUdp(1194, "38000001", Buffer.alloc(20))],
  ["DNS", inUdp(53, "1234 0100 0001 0000 0000 0000", Buffer.alloc(20))],
  ["DNS whose id is like WireGuard's type", inUdp(53, "0400 0000 0001 0000 0000 0000", Buffer.alloc(36, 0x61))],
  ["a handshake of the wrong length", inUdp(51820, "01000000", Buffer.alloc(143))],
  ["text that begins with E", inUdp(9999, "", Buffer.from("Ein Text, der lang genug ist, um IP zu sein."))],
  ["a resolver's answer to 4789", inUdp(4789, "1234 8180 0001 0001 0000 0000", Buffer.alloc(40))],
  ["four bytes to 4789", inUdp(4789, "08000000", hex(""))],
  ["QUIC to 4789", inUdp(4789, "4d1122334455667788", Buffer.alloc(40, 0x55))],
  ["something else on Geneve's port", inUdp(6081, "ff00", Buffer.alloc(40))],
];

describe("decode: what is not a tunnel", () => {
  for (const [name, packet] of plain) {
    it(`leaves ${name} plain`, () => {
      assert.equal(formOf(packet), "plain", packetLines(packet).join("\n"));
      assert.equal(innerIp(packet)?.source, "198.18.1.11");
      assert.equal(transport(packet)?.kind, "udp");
    });
  }

  it("says why a packet to VXLAN's port is none", () => {
    const dns = inUdp(4789, "1234 8180 0001 0001 0000 0000", Buffer.alloc(40));
    assert.deepEqual(dns.layers.at(-1), { kind: "mismatch", protocol: "VXLAN", reason: "flags 0x12" });
    const masqueraded = inUdp(6080, "", Buffer.from("Answers go to whatever port a masquerade picked"));
    assert.equal(formOf(masqueraded), "plain");
    assert.deepEqual(masqueraded.layers.at(-1), { kind: "mismatch", protocol: "GUE", reason: "begins with 0x41" });
    const short = inUdp(4789, "08000000", hex(""));
    assert.deepEqual(short.layers.at(-1), { kind: "mismatch", protocol: "VXLAN", reason: "4 bytes" });
  });

  it("takes VXLAN with Group Based Policy for VXLAN", () => {
    const packet = inUdp(4789, "88000064 001000 00", frame);
    assert.deepEqual([formOf(packet), innerIp(packet)?.source], ["vxlan", "198.19.0.2"]);
  });
});

describe("form of packets that are not there in full", () => {
  const vxlanIn = udp({ sourcePort: 40_000, destinationPort: 4789 }, vxlan({ vni: 4096 }, frame));

  it("does not call a part plain whose ports are in another one", () => {
    const later = ipv4({ ...nodes, protocol: 17, identification: 9, fragmentOffset: 64 }, vxlanIn.subarray(64));
    assert.equal(formOf(decodeBytes(ethernet(macs, later))), "unknown");
    const laterTcp = ipv4({ ...nodes, protocol: 6, identification: 9, fragmentOffset: 64 }, Buffer.alloc(64));
    assert.equal(formOf(decodeBytes(ethernet(macs, laterTcp))), "plain");
    const laterGre = ipv4({ ...nodes, protocol: 47, identification: 9, fragmentOffset: 64 }, Buffer.alloc(64));
    assert.equal(formOf(decodeBytes(ethernet(macs, laterGre))), "gre");
    const whole = ethernet(macs, ipv4({ ...nodes, protocol: 17 }, vxlanIn));
    assert.equal(formOf(decodeBytes(whole.subarray(0, 38), whole.length)), "unknown");
  });

  it("tells the form from the name or number of the header that was cut", () => {
    const greFrame = ethernet(macs, ipv4({ ...nodes, protocol: 47 }, Buffer.concat([hex("2000 6558"), frame])));
    assert.equal(formOf(decodeBytes(greFrame.subarray(0, 36), greFrame.length)), "gre");
    assert.equal(formOf(decodeBytes(greFrame.subarray(0, 39), greFrame.length)), "gre");
    const geneve = udp({ sourcePort: 1, destinationPort: 6081 }, Buffer.concat([hex("0000 6558 001000 00"), frame]));
    const geneveFrame = ethernet(macs, ipv4({ ...nodes, protocol: 17 }, geneve));
    const cut = decodeBytes(geneveFrame.subarray(0, 46), geneveFrame.length);
    assert.deepEqual([formOf(cut), innerIp(cut)], ["geneve", undefined]);
  });

  it("counts the headers between where lengths do not tell, and never below zero", () => {
    const first = ipv4({ ...nodes, protocol: 17, identification: 9, moreFragments: true }, vxlanIn.subarray(0, 80));
    assert.equal(overheadOf(decodeBytes(ethernet(macs, first))), 50);
    // fragment header: next UDP, offset 0, more, id 9
    const extensions = hex("1100 0001 00000009");
    const first6 = ipv6({ ...nodes6, protocol: 17, nextHeader: 44, extensions }, vxlanIn.subarray(0, 80));
    assert.equal(overheadOf(decodeBytes(ethernet({ ...macs, etherType: 0x86dd }, first6))), 70);
    const liar = Buffer.from(frame);
    liar.writeUInt16BE(9000, 16);
    const packet = inUdp(4789, "08000000 001000 00", liar);
    assert.equal(overheadOf(packet), 50);
  });
});
