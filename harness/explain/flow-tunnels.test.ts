import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ethernet, icmp, ipv4, tcp } from "../packet/build.ts";
import type { PacketToWrite } from "../packet/write-pcap.ts";
import { explainCapture } from "./explain-capture.ts";
import { randomOf } from "../packet/random.fixture.ts";
import { Connection, explainPackets, hex, noise, word } from "./traffic.fixture.ts";

type Random = (below: number) => number;

/** OpenVPN's message, as each transport carries it: in TCP behind its length. */
function carried(protocol: "TCP" | "UDP", message: Buffer): Buffer {
  if (protocol === "UDP") return message;
  return Buffer.concat([hex(message.length.toString(16).padStart(4, "0")), message]);
}

const stamp = (number: number) => Buffer.concat([word(number), word(1_764_320_000)]);

/** The first messages of a client and its server, by how the control channel is wrapped. */
const resets: Readonly<Record<string, (random: Random, client: Buffer, server: Buffer) => readonly [Buffer, Buffer]>> =
  {
    "in the open": (_, client, server) => [
      Buffer.concat([hex("38"), client, hex("00 00000000")]),
      Buffer.concat([hex("40"), server, hex("01 00000000"), client, hex("00000000")]),
    ],
    "with tls-auth": (random, client, server) => [
      Buffer.concat([hex("38"), client, noise(random, 20), stamp(1), hex("00 00000000")]),
      Buffer.concat([hex("40"), server, noise(random, 20), stamp(1), hex("01 00000000"), client, hex("00000000")]),
    ],
    "with tls-crypt": (random, client, server) => [
      Buffer.concat([hex("38"), client, stamp(1), noise(random, 37)]),
      Buffer.concat([hex("40"), server, stamp(1), noise(random, 49)]),
    ],
    "with tls-crypt-v2": (random, client, server) => [
      Buffer.concat([hex("50"), client, stamp(0x0f000001), noise(random, 37 + 298), hex("012c")]),
      Buffer.concat([hex("40"), server, stamp(0x0f000001), noise(random, 60)]),
    ],
  };

/** A session from its reset on, then data with opcode 9. */
function openvpn(protocol: "TCP" | "UDP", port: number, wrapping: string, seed = 1): PacketToWrite[] {
  const random = randomOf(seed);
  const connection = new Connection(protocol, port);
  const [client, server] = [noise(random, 8), noise(random, 8)];
  const [asked, answered] = resets[wrapping]?.(random, client, server) ?? [];
  assert.ok(asked !== undefined && answered !== undefined);
  const message = (bytes: Buffer) => carried(protocol, bytes);
  return [
    ...connection.opening(),
    connection.up(message(asked)),
    connection.down(message(answered)),
    connection.up(message(Buffer.concat([hex("20"), client, noise(random, 200)]))),
    ...Array.from({ length: 5 }, (_, index) =>
      connection.up(message(Buffer.concat([hex("48000000"), word(index + 1), noise(random, 100 + index)]))),
    ),
    ...Array.from({ length: 5 }, (_, index) =>
      connection.down(message(Buffer.concat([hex("48000000"), word(index + 1), noise(random, 100 + index)]))),
    ),
  ];
}

/** Packets of ESP: SPI, sequence number, and what looks like an initialization vector that counts, then like nothing. */
function esp(random: Random, spi: number, sequence: number): Buffer {
  return Buffer.concat([word(spi), word(sequence), word(0), word(sequence), noise(random, 88)]);
}

describe("explain: tunnels that more than one packet tells", () => {
  for (const wrapping of Object.keys(resets)) {
    for (const port of [443, 1194, 5000]) {
      it(`OpenVPN in TCP ${port}, ${wrapping}: all but what came before its answer`, async () => {
        const summary = await explainPackets(openvpn("TCP", port, wrapping));
        // The connection's three segments and the reset.
        assert.deepEqual(summary.forms, { plain: 4, ipip: 0, vxlan: 0, openvpn: 12 });
        assert.deepEqual(summary.hints, [
          `12 packets of OpenVPN in TCP ${port}, by how it began: what is inside cannot be read`,
        ]);
        const rows = summary.conversations.map(({ protocol, port: of, mixed }) => [protocol, of, mixed]);
        assert.deepEqual(rows, [
          ["TCP", port, false],
          ["OpenVPN", port, false],
        ]);
      });
    }

    for (const port of [53, 443, 5000]) {
      it(`OpenVPN in UDP ${port}, ${wrapping}: its data; control messages are UDP`, async () => {
        const summary = await explainPackets(openvpn("UDP", port, wrapping));
        assert.deepEqual(summary.forms, { plain: 3, ipip: 0, vxlan: 0, openvpn: 10 });
        assert.match(summary.hints.join(), new RegExp(`10 packets of OpenVPN in UDP ${port}, by how it began`));
      });
    }
  }

  for (const [file, forms, hint] of [
    ["openvpn-tcp-53-tls-crypt", { plain: 5, openvpn: 57 }, "57 packets of OpenVPN in TCP 53, by how it began"],
    ["openvpn-udp-443", { plain: 12, openvpn: 19 }, "19 packets of OpenVPN in UDP 443, by how it began"],
    ["openvpn-udp-5001-cbc-later", { plain: 24 }, "UDP 5001: 24 packets look like OpenVPN's data"],
  ] as const) {
    it(`what OpenVPN itself sent: ${file}`, async () => {
      const path = fileURLToPath(new URL(`../packet/testdata/${file}.pcap`, import.meta.url));
      const summary = await explainCapture(path);
      assert.deepEqual(summary.forms, { ipip: 0, vxlan: 0, ...forms });
      assert.ok(summary.hints[0]?.startsWith(hint), summary.hints.join("\n"));
    });
  }

  it("OpenVPN of which only the client's side was captured", async () => {
    const sent = openvpn("UDP", 443, "in the open").filter(({ bytes }) => bytes[28] === 1);
    assert.equal((await explainPackets(sent)).forms.openvpn, 5);
  });

  it("but not what comes after it between the same ports", async () => {
    const tunnel = openvpn("TCP", 443, "in the open");
    const web = new Connection("TCP", 443);
    const later = [
      ...web.opening(),
      web.up(Buffer.from("GET / HTTP/1.1\r\n\r\n")),
      web.down(Buffer.from("HTTP/1.1 200 OK")),
    ];
    assert.deepEqual((await explainPackets([...tunnel, ...later])).forms, { plain: 9, ipip: 0, vxlan: 0, openvpn: 12 });
  });

  it("but not on a reset alone, nor where another session answers", async () => {
    const [reset, answer, ...rest] = openvpn("UDP", 443, "in the open");
    assert.ok(reset !== undefined && answer !== undefined);
    assert.deepEqual((await explainPackets([reset, reset])).forms, { plain: 2, ipip: 0, vxlan: 0 });
    const [, foreign] = openvpn("UDP", 443, "in the open", 2);
    assert.ok(foreign !== undefined);
    assert.equal((await explainPackets([reset, foreign, ...rest.slice(1, 4)])).forms.openvpn, undefined);
  });

  it("OpenVPN at its own port in TCP, where the beginning is missing", async () => {
    const summary = await explainPackets(openvpn("TCP", 1194, "in the open").slice(7));
    assert.equal(summary.forms.openvpn, 8);
  });

  it("ESP in TCP, by the stream's prefix at any port, or by two records at 4500", async () => {
    const random = randomOf(3);
    const record = (message: Buffer) =>
      Buffer.concat([hex((message.length + 2).toString(16).padStart(4, "0")), message]);
    const ike = Buffer.concat([word(0), noise(random, 300)]);
    const packets = (port: number, prefix: string) => {
      const connection = new Connection("TCP", port);
      return [
        ...connection.opening(),
        connection.up(Buffer.concat([Buffer.from(prefix), record(ike)])),
        connection.down(record(ike)),
        ...[1, 2, 3].map((sequence) => connection.up(record(esp(random, 0xc0ffee01, sequence)))),
      ];
    };
    const anywhere = await explainPackets(packets(443, "IKETCP"));
    assert.deepEqual(anywhere.forms, { plain: 3, ipip: 0, vxlan: 0, esp: 5 });
    assert.deepEqual(anywhere.hints, ["5 packets of ESP in TCP 443, by how it began: what is inside cannot be read"]);
    assert.equal((await explainPackets(packets(4500, "").slice(5))).forms.esp, 2);
    assert.equal((await explainPackets(packets(4501, "").slice(5))).forms.esp, undefined);
  });

  it("ZeroTier through address translation, by the ends that its packets name", async () => {
    const random = randomOf(11);
    const connection = new Connection("UDP", 9993, { clientPort: 29_993 });
    const ends = noise(random, 10);
    ends[0] = 0x61;
    const message = () => Buffer.concat([noise(random, 8), ends, hex("08"), noise(random, 60)]);
    const summary = await explainPackets(Array.from({ length: 6 }, () => connection.up(message())));
    assert.deepEqual(summary.forms, { plain: 1, ipip: 0, vxlan: 0, zerotier: 5 });
    const others = Array.from({ length: 40 }, () => connection.up(noise(random, 80)));
    assert.equal((await explainPackets(others)).forms.zerotier, undefined);
  });

  for (const [name, port, look, make] of [
    ["ESP in UDP 10000", 10_000, "ESP", (random: Random, index: number) => esp(random, 0x12345678, index)],
    ["ESP in UDP of any port", 27_015, "ESP", (random: Random, index: number) => esp(random, 0xc0ffee01, index)],
    [
      "OpenVPN's data in UDP 443",
      443,
      "OpenVPN",
      (random: Random, index: number) => Buffer.concat([hex("48000001"), word(index), noise(random, 90 + (index % 7))]),
    ],
  ] as const) {
    it(`suspects ${name} aloud, and counts it as plain`, async () => {
      const random = randomOf(5);
      const connection = new Connection("UDP", port);
      const packets = Array.from({ length: 20 }, (_, index) => connection.up(make(random, index + 1)));
      const summary = await explainPackets(packets);
      assert.deepEqual(summary.forms, { plain: 20, ipip: 0, vxlan: 0 });
      assert.deepEqual(
        summary.suspicions.map(({ port: of, looksLike, packets: many }) => [of, looksLike, many]),
        [[`UDP ${port}`, look, 20]],
      );
      assert.match(summary.hints.join(), new RegExp(`^UDP ${port}: 20 packets look like ${look}`));
      const twice = await explainPackets(packets.flatMap((packet) => [packet, packet]));
      assert.equal(twice.suspicions[0]?.looksLike, look);
      const swapped = packets.map((packet, index) => packets[index === 3 ? 4 : index === 4 ? 3 : index] ?? packet);
      assert.equal((await explainPackets(swapped)).suspicions.length, 1);
      // One of five is missing; then three of four are.
      const most = packets.filter((_, index) => index % 5 !== 0);
      assert.equal((await explainPackets(most)).suspicions.length, 1);
      assert.deepEqual((await explainPackets(packets.filter((_, index) => index % 4 === 0))).suspicions, []);
    });
  }

  it("suspects records in TCP the same way, and DTLS and Tailscale's discovery by one packet", async () => {
    const random = randomOf(7);
    const tunnel = new Connection("TCP", 8443);
    const records = Array.from({ length: 20 }, (_, index) =>
      tunnel.up(carried("TCP", Buffer.concat([hex("48000001"), word(index), noise(random, 90)]))),
    );
    const dtls = new Connection("UDP", 443, { clientPort: 41_000 });
    const disco = new Connection("UDP", 41_641, { clientPort: 41_642 });
    const summary = await explainPackets([
      ...records,
      dtls.up(Buffer.concat([hex("17 fefd 0001 000000000007 0040"), noise(random, 64)])),
      disco.up(Buffer.concat([hex("5453f09f92ac"), noise(random, 100)])),
    ]);
    assert.equal(summary.forms.plain, 22);
    assert.deepEqual(
      summary.suspicions.map(({ port, looksLike }) => [port, looksLike]),
      [
        ["TCP 8443", "OpenVPN"],
        ["UDP 443", "DTLS"],
        ["UDP 41641", "Tailscale"],
      ],
    );
  });

  describe("STT", () => {
    const inner = ethernet(
      { source: "66:00:00:00:00:01", destination: "66:00:00:00:00:02" },
      ipv4(
        { source: "198.19.0.2", destination: "198.19.0.66", protocol: 1 },
        icmp({ identifier: 7 }, Buffer.alloc(2_000)),
      ),
    );
    const whole = Buffer.concat([Buffer.alloc(18), inner]);
    const segment = (place: number, sourcePort = 50_000): PacketToWrite => {
      const sequence = ((whole.length << 16) | place) >>> 0;
      const payload = whole.subarray(place, place + 1_400);
      const carrier = tcp({ sourcePort, destinationPort: 7471, sequence, flags: 0x18 }, payload);
      const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
      return { bytes: ethernet(macs, ipv4({ source: "10.0.1.11", destination: "10.0.2.11", protocol: 6 }, carrier)) };
    };

    it("is told in all parts by the first", async () => {
      assert.deepEqual((await explainPackets([segment(0), segment(1_400)])).forms, {
        plain: 0,
        ipip: 0,
        vxlan: 0,
        stt: 2,
      });
    });

    it("is suspected where only later parts were captured, many times", async () => {
      const parts = Array.from({ length: 20 }, () => segment(1_400));
      const summary = await explainPackets(parts);
      assert.deepEqual([summary.forms.plain, summary.suspicions[0]?.looksLike], [20, "STT"]);
      assert.deepEqual((await explainPackets(parts.slice(0, 8))).suspicions, []);
    });

    it("is not taken for a server's answers to a client whose port is STT's", async () => {
      const random = randomOf(9);
      const web = new Connection("TCP", 8080, { clientPort: 7471 });
      const answers = Array.from({ length: 300 }, () => web.down(noise(random, 1_000)));
      const summary = await explainPackets([...web.opening(), ...answers]);
      assert.deepEqual([summary.forms.stt, summary.suspicions], [undefined, []]);
    });
  });
});
