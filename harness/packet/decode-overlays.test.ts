import assert from "node:assert/strict";
import { ethernet, icmp, ipv4, ipv6, udp, vxlan } from "./build.ts";
import { decode } from "./decode.ts";
import { formOf, innerIp, type PacketForm } from "./form.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { Packet } from "./packet.ts";
import { packetLines } from "./packet-lines.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const nodes = { source: "198.18.1.11", destination: "198.18.2.11" };
const pod = "198.19.0.66";
const echo = icmp({ identifier: 7, sequence: 1 }, Buffer.alloc(56));
const ping = ipv4({ source: "198.19.0.2", destination: pod, protocol: IpProtocol.icmp }, echo);
const ping6 = ipv6(
  { source: "fd01::1", destination: "fd01::2", protocol: IpProtocol.udp },
  udp({ sourcePort: 7, destinationPort: 9 }, Buffer.alloc(8)),
);
const frame = ethernet(macs, ping);
/** Bytes that look like what is encrypted, the same in every run. */
const noise = Buffer.from(Array.from({ length: 96 }, (_, index) => (index * 151 + ((index * index) >> 2)) & 0xff));

function hex(text: string, ...rest: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from(text.replaceAll(/\s/g, ""), "hex"), ...rest]);
}

function framed(packet: Uint8Array, etherType?: number): Uint8Array {
  return ethernet({ ...macs, ...(etherType === undefined ? {} : { etherType }) }, packet);
}

function decoded(bytes: Uint8Array): Packet {
  const { length } = bytes;
  return decode(
    { number: 1, timeSeconds: 0, capturedLength: length, originalLength: length, bytes },
    "ethernet",
    [4789],
  );
}

function inUdp(sourcePort: number, destinationPort: number, payload: Uint8Array): Uint8Array {
  return framed(ipv4({ ...nodes, protocol: IpProtocol.udp }, udp({ sourcePort, destinationPort }, payload)));
}

/** UDP-Lite whose checksum covers its header alone. */
function inUdpLite(destinationPort: number, payload: Uint8Array): Uint8Array {
  const port = destinationPort.toString(16).padStart(4, "0");
  return framed(ipv4({ ...nodes, protocol: 136 }, hex(`9c40 ${port} 0008 0000`, payload)));
}

const amtHead = "00 010203040506 0000002a";
const zerotierHead = "0102030405060708 a1b2c3d4e5";

describe("decode: tunnels of others, whose packets can be read inside", () => {
  const tunnels: readonly (readonly [string, Uint8Array, PacketForm])[] = [
    ["AMT's data", inUdp(40_000, 2268, hex("0600", ping)), "amt"],
    ["AMT's query", inUdp(2268, 40_000, hex(`04${amtHead}`, ping)), "amt"],
    ["TZSP", inUdp(40_000, 37_008, hex("01 00 0001 01", frame)), "tzsp"],
    ["TZSP with tags", inUdp(40_000, 37_008, hex("01 01 0001 00 2902 0044 01", frame)), "tzsp"],
    ["Juniper's mirror", inUdp(30_030, 30_030, hex("00000001 00000002", ping)), "jmirror"],
    ["AYIYA", inUdp(40_000, 5072, hex("41 52 11 29 00000000", noise.subarray(0, 36), ping6)), "ayiya"],
    ["MikroTik's EoIP", framed(ipv4({ ...nodes, protocol: 47 }, hex("2001 6400 0062 2a00", frame))), "gretap"],
    ["VXLAN over UDP-Lite", inUdpLite(4789, vxlan({ vni: 4096 }, frame)), "vxlan"],
    ["GRE in FOU", inUdp(40_000, 5555, hex("00000800", ping)), "gre"],
    ["GRE with a key in FOU", inUdp(40_000, 5555, hex("20000800 0000002a", ping)), "gre"],
    ["frames of GRE in FOU", inUdp(40_000, 5555, hex("00006558", frame)), "gretap"],
    ["GUE on another port", inUdp(40_000, 5555, hex("01040000 00000000", ping)), "gue"],
    ["GRE in GUE on another port", inUdp(40_000, 5555, hex("002f0000 00000800", ping)), "gue"],
    ["GTP-U on another port", inUdp(6000, 5000, hex("30ff 0054 0000002a", ping)), "gtp"],
    ["MPLS on another port", inUdp(40_000, 7000, hex("0000 10ff 0001 01ff", ping)), "mpls-in-udp"],
    [
      "IP with options in UDP",
      inUdp(8285, 8285, ipv4({ ...nodes, destination: pod, protocol: 1, options: hex("94040000") }, echo)),
      "ip-in-udp",
    ],
  ];
  for (const [name, bytes, form] of tunnels) {
    it(`tells ${name}`, () => {
      const packet = decoded(bytes);
      assert.equal(formOf(packet), form, packetLines(packet).join("\n"));
      assert.match(innerIp(packet)?.destination ?? "none", /^(198\.19\.0\.66|fd01::2)$/);
    });
  }
});

describe("decode: tunnels of others, which are encrypted or say too little", () => {
  const tunnels: readonly (readonly [string, Uint8Array, PacketForm])[] = [
    ["ZeroTier", inUdp(9993, 9993, hex(`${zerotierHead} 5544332211 08`, noise)), "zerotier"],
    ["a fragment of ZeroTier", inUdp(9993, 9993, hex(`${zerotierHead} ff 21 00`, noise)), "zerotier"],
    ["Nebula", inUdp(4242, 4242, hex("11 00 0000 0000002a 0000000000000005", noise)), "nebula"],
    ["n2n", inUdp(50_001, 7654, hex("03 02 0003", noise)), "n2n"],
    ["tinc", inUdp(655, 655, noise), "tinc"],
    ["Weave's sleeve", inUdp(6783, 6783, noise), "weave"],
    ["GRE in DTLS", inUdp(40_000, 4755, hex("17 fefd", noise)), "gre"],
    ["MPLS in DTLS", inUdp(40_000, 6636, hex("17 fefd", noise)), "mpls-in-udp"],
    ["wireless frames in TZSP", inUdp(40_000, 37_008, hex("01 00 0012 01", noise)), "tzsp"],
    ["L2TPv3 on another port", inUdp(6000, 5000, hex("00030000 0000002a 00000000", frame)), "l2tp"],
    ["VXLAN over UDP-Lite on another port", inUdpLite(5555, vxlan({ vni: 4096 }, frame)), "suspected-vxlan"],
  ];
  for (const [name, bytes, form] of tunnels) {
    it(`tells ${name}`, () => {
      const packet = decoded(bytes);
      assert.equal(formOf(packet), form, packetLines(packet).join("\n"));
      assert.equal(innerIp(packet), undefined);
    });
  }
});

describe("decode: what only shares a port or a beginning with those", () => {
  const plain: readonly (readonly [string, Uint8Array])[] = [
    ["AMT's discovery", inUdp(40_000, 2268, hex("01000000 0000002a"))],
    ["TZSP's keepalive", inUdp(40_000, 37_008, hex("01 04 0001 01 00000000"))],
    ["Nebula's handshake", inUdp(4242, 4242, hex("10 00 0000 00000000", noise))],
    ["a resolver's answer to ZeroTier's port", inUdp(53, 9993, noise)],
    [
      "an address that nobody has in ZeroTier",
      inUdp(9993, 9993, hex("0102030405060708 ffb2c3d4e5 5544332211 08", noise)),
    ],
    ["a cipher that ZeroTier has not", inUdp(9993, 9993, hex(`${zerotierHead} 5544332211 28`, noise))],
    ["one port of ZeroTier's alone", inUdp(29_993, 9993, hex(`${zerotierHead} 5544332211 08`, noise))],
    ["a fragment of ZeroTier from another port", inUdp(29_993, 9993, hex(`${zerotierHead} ff 21 00`, noise))],
    ["what is too short for ZeroTier", inUdp(9993, 9993, hex(`${zerotierHead} 5544332211 08 0011223344556677`))],
    ["reserved bits in Nebula's place", inUdp(4242, 4242, hex("11 00 0001 0000002a 0000000000000005", noise))],
    ["Nebula without room for its tag", inUdp(4242, 4242, hex("11 00 0000 0000002a 0000000000000005 0102030405"))],
    ["n2n's registration", inUdp(50_001, 7654, hex("03 02 0001", noise))],
    ["a version that n2n has not", inUdp(50_001, 7654, hex("04 02 0003", noise))],
    ["what is too short for n2n", inUdp(50_001, 7654, hex("03 02 0003", noise.subarray(0, 31)))],
    ["what is too short for tinc", inUdp(655, 655, noise.subarray(0, 23))],
    ["somebody's noise to each port", inUdp(40_000, 4242, noise)],
    ["one port of tinc's alone", inUdp(40_000, 655, noise)],
    ["RTP", inUdp(20_000, 20_002, hex("8000 0001 00000001 00000002", noise))],
    ["BFD", inUdp(49_152, 3784, hex("2048051800000001000000010000ea600000ea6000000000"))],
    ["TFTP", inUdp(49_152, 69, hex("0001 66696c65 00 6f6374657400"))],
    ["text over UDP-Lite", inUdpLite(5555, Buffer.from("hello, hello, hello, hello"))],
  ];
  for (const [name, bytes] of plain) {
    it(`leaves ${name} plain`, () => {
      const packet = decoded(bytes);
      assert.equal(formOf(packet), "plain", packetLines(packet).join("\n"));
    });
  }

  it("cannot tell a later fragment of UDP-Lite", () => {
    const part = decoded(framed(ipv4({ ...nodes, protocol: 136, fragmentOffset: 800 }, noise)));
    assert.equal(formOf(part), "unknown");
  });
});
