import assert from "node:assert/strict";
import { ethernet, icmp, ipv4, udp } from "./build.ts";
import { decode } from "./decode.ts";
import { formOf, transport, type PacketForm } from "./form.ts";
import type { Packet } from "./packet.ts";
import { packetLines } from "./packet-lines.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const nodes = { source: "198.18.1.11", destination: "198.18.2.11" };
const echo = icmp({ identifier: 7, sequence: 1 }, Buffer.alloc(56));
const ping = ipv4({ source: "198.19.0.2", destination: "198.19.0.66", protocol: 1 }, echo);
const dns = "1234 8180 0001 0001 0000 0000 0161 0765 7861 6d70 6c65 0000 0100 01";

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

interface Reading {
  readonly plainPorts?: readonly number[];
  /** Bytes of UDP's payload that the capture kept. */
  readonly kept?: number;
}

function inUdp(sourcePort: number, destinationPort: number, payload: Uint8Array, reading: Reading = {}): Packet {
  const bytes = ethernet(macs, ipv4({ ...nodes, protocol: 17 }, udp({ sourcePort, destinationPort }, payload)));
  const capturedLength = Math.min(bytes.length, 42 + (reading.kept ?? payload.length));
  const record = { number: 1, timeSeconds: 0, capturedLength, originalLength: bytes.length, bytes };
  return decode(record, "ethernet", [4789], reading.plainPorts);
}

function framed(etherType: number, payload: Uint8Array): Buffer {
  return ethernet({ ...macs, etherType }, payload);
}

const vxlan = hex("08000000 001000 00");
const transportData = Buffer.concat([hex("04000000 0000002a 0000000000000001"), Buffer.alloc(96, 7)]);

/** 1420 bytes inside, which is all that a device over 1500 bytes of IPv6 carries: padding ends there. */
const fullMessage = Buffer.concat([hex("04000000 0000002a 0000000000000001"), Buffer.alloc(1420 + 16, 7)]);

describe("decode: tunnels by their shape", () => {
  const tunnels: readonly (readonly [string, Packet, PacketForm])[] = [
    ["VXLAN with MPLS", inUdp(1, 5555, Buffer.concat([vxlan, framed(0x8847, ping)])), "suspected-vxlan"],
    ["VXLAN with LLDP", inUdp(1, 5555, Buffer.concat([vxlan, framed(0x88cc, Buffer.alloc(60))])), "suspected-vxlan"],
    [
      "VXLAN with STP",
      inUdp(1, 5555, Buffer.concat([vxlan, framed(38, hex(`424203${"00".repeat(35)}`))])),
      "suspected-vxlan",
    ],
    [
      "VXLAN, cut in its frame",
      inUdp(1, 5555, Buffer.concat([vxlan, framed(0x800, ping)]), { kept: 18 }),
      "suspected-vxlan",
    ],
    ["VXLAN-GPE with IP", inUdp(1, 5555, Buffer.concat([hex("0c000001 001000 00"), ping])), "suspected-vxlan"],
    [
      "VXLAN-GPE with a frame",
      inUdp(1, 5555, Buffer.concat([hex("0c000003 001000 00"), framed(0x800, ping)])),
      "suspected-vxlan",
    ],
    ["Geneve with IP", inUdp(1, 7777, Buffer.concat([hex("00000800 001000 00"), ping])), "geneve"],
    ["WireGuard, cut in its counter", inUdp(9, 9999, transportData, { kept: 8 }), "wireguard"],
    [
      "WireGuard on Calico's port, with any counter",
      inUdp(51820, 51820, Buffer.concat([hex("04000000 0000002a 0000000000000400"), Buffer.alloc(96)])),
      "wireguard",
    ],
    ["a full message of a device whose MTU is no multiple of 16", inUdp(51821, 51821, fullMessage), "wireguard"],
    ["WireGuard through NAT", inUdp(51820, 1025, transportData), "wireguard"],
    ["what is cut before WireGuard's first word", inUdp(51821, 51821, transportData, { kept: 0 }), "unknown"],
  ];
  for (const [name, packet, form] of tunnels) {
    it(`tells ${name}`, () => {
      assert.equal(formOf(packet), form, packetLines(packet).join("\n"));
    });
  }

  it("says what at WireGuard's ports is none, if both are", () => {
    const packet = inUdp(51820, 51820, Buffer.alloc(40, 0x61));
    assert.deepEqual(packet.layers.at(-1), {
      kind: "mismatch",
      protocol: "WireGuard",
      reason: "begins with 0x61616161",
    });
    assert.equal(formOf(inUdp(53, 51820, hex(dns))), "plain");
  });
});

describe("decode: answers to a port that a masquerade picked", () => {
  for (const port of [1194, 1701, 2152, 3544, 4341, 4500, 4754, 4789, 4790, 5247, 6080, 6081, 6635, 51820]) {
    it(`leaves a resolver's answer to ${port} plain, and what asked for it`, () => {
      for (const packet of [inUdp(53, port, hex(dns)), inUdp(port, 53, hex(dns))]) {
        assert.equal(formOf(packet), "plain", packetLines(packet).join("\n"));
        assert.equal(packet.problem, undefined);
        assert.equal(transport(packet)?.kind, "udp");
      }
    });
  }

  it("takes Group Based Policy for it only where a frame follows", () => {
    const answer = hex(dns.replace("1234 8180", "8800 0100"));
    assert.deepEqual(inUdp(5353, 4789, answer).layers.at(-1), {
      kind: "mismatch",
      protocol: "VXLAN",
      reason: "flags 0x88",
    });
  });

  it("believes a reader who knows whose port the other one is", () => {
    const datagram = Buffer.alloc(84, 0x41);
    for (const port of [1194, 1701, 4500, 4754, 6635]) {
      for (const packet of [
        inUdp(port, 8080, datagram, { plainPorts: [8080] }),
        inUdp(8080, port, datagram, { plainPorts: [8080] }),
      ]) {
        assert.deepEqual([formOf(packet), transport(packet)?.kind], ["plain", "udp"], String(port));
      }
    }
    assert.equal(formOf(inUdp(40_000, 4500, datagram, { plainPorts: [8080] })), "esp");
  });

  it("tells shapes that no such tunnel has", () => {
    const text = Buffer.from("Answers go to whatever port a masquerade picked");
    for (const port of [1701, 4754, 5247, 6635]) assert.equal(formOf(inUdp(9999, port, text)), "plain", String(port));
  });
});

describe("decode: chance", () => {
  /** Random payloads of some 20 to 320 bytes that pass for a tunnel's at its own port at most, of a thousand. */
  const odds: readonly (readonly [number, number])[] = [
    // ESP is encrypted from its first word on: only its length and two words tell. An opcode and the number of a peer tell OpenVPN's.
    [4500, 280],
    [1194, 45],
    ...[1701, 2152, 2268, 3544, 4341, 4754, 4755, 4789, 4790, 5072, 5247, 6080, 6081, 6635, 6636].map(
      (port) => [port, 4] as const,
    ),
    ...[30_030, 37_008, 655, 4242, 6783, 7654, 9993, 51_820, 51_821, 443, 9999].map((port) => [port, 4] as const),
  ];
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  for (const [port, most] of odds) {
    it(`lets random bytes pass for a tunnel at UDP ${port} at most ${most} times in 1000`, () => {
      let tunnels = 0;
      for (let turn = 0; turn < 1_000; turn += 1) {
        const payload = Buffer.from(Array.from({ length: 20 + random() }, random));
        const packet = turn % 2 === 0 ? inUdp(8_000, port, payload) : inUdp(port, 8_000, payload);
        if (formOf(packet) !== "plain") tunnels += 1;
      }
      assert.ok(tunnels <= most, `${tunnels}`);
    });
  }

  it("takes no QUIC for IPv6, whose first byte begins alike and whose length may fit", () => {
    const packet = Buffer.alloc(120, 0x9d);
    packet[0] = 0x60;
    packet.writeUInt16BE(80, 4);
    assert.equal(formOf(inUdp(40_000, 443, packet)), "plain");
  });
});
