import assert from "node:assert/strict";
import { randomOf } from "../packet/random.fixture.ts";
import { Connection, explainPackets, hex, noise, word } from "./traffic.fixture.ts";

type Random = (below: number) => number;

/** Packets of each connection. */
const each = 24;

const pair = (value: number) => hex((value & 0xffff).toString(16).padStart(4, "0"));

/** A port as clients have it, on old systems from 1024 up; never one that belongs to a tunnel. */
function clientPort(random: Random): number {
  const port = random(3) === 0 ? 1_024 + random(31_744) : 32_768 + random(28_232);
  return tunnelPorts.has(port) ? 50_000 : port;
}

/** Whoever uses these says by that what it is. */
const tunnelPorts: ReadonlySet<number> = new Set([
  1194, 1701, 2152, 2268, 3544, 4341, 4500, 4754, 4755, 4789, 4790, 5072, 5247, 6080, 6081, 6635, 6636, 7471, 8472,
  30_030, 37_008, 655, 4242, 6783, 7654, 9993, 51_820, 51_821,
]);

/** What a client asks and a server answers in a turn, by protocol: each as its specification has it. */
const kinds: readonly {
  readonly name: string;
  readonly over: "TCP" | "UDP";
  readonly port: number;
  readonly flow: (random: Random) => (turn: number) => readonly [Buffer, Buffer];
}[] = [
  {
    name: "DNS",
    over: "UDP",
    port: 53,
    flow: (random) => () => {
      const id = noise(random, 2);
      const question = hex("0377777707 6578616d706c65 03636f6d 00 0001 0001");
      const answers = [1, 2, 3].map(() => Buffer.concat([hex("c00c 0001 0001 0000003c 0004"), noise(random, 4)]));
      return [
        Buffer.concat([id, hex("0100 0001 0000 0000 0000"), question]),
        Buffer.concat([id, hex("8180 0001 0003 0000 0000"), question, ...answers]),
      ];
    },
  },
  {
    name: "DNS over TCP",
    over: "TCP",
    port: 53,
    flow: (random) => () => {
      const message = (length: number) => Buffer.concat([pair(length), noise(random, length)]);
      return [message(33), message(180)];
    },
  },
  {
    name: "TLS",
    over: "TCP",
    port: 443,
    flow: (random) => () => {
      const record = (length: number) => Buffer.concat([hex("17 0303"), pair(length), noise(random, length)]);
      return [record(60 + random(100)), record(200 + random(1_000))];
    },
  },
  {
    name: "HTTP",
    over: "TCP",
    port: 80,
    flow: () => (turn) => [
      Buffer.from(`GET /${turn} HTTP/1.1\r\nHost: www.example.com\r\n\r\n`),
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nanswer ${turn}`),
    ],
  },
  {
    name: "QUIC",
    over: "UDP",
    port: 443,
    flow: (random) => {
      // RFC 9000 section 17.3: fixed bit, destination connection id, and number and payload protected.
      const ids = [noise(random, 8), noise(random, 8)];
      const packet = (id: Uint8Array = Buffer.alloc(0)) =>
        Buffer.concat([Buffer.from([0x40 | random(0x40)]), id, noise(random, 60 + random(1_100))]);
      return () => [packet(ids[0]), packet(ids[1])];
    },
  },
  {
    name: "RTP",
    over: "UDP",
    port: 16_384,
    flow: (random) => {
      const source = noise(random, 4);
      const packet = (turn: number) =>
        Buffer.concat([hex("80 00"), pair(turn), word(turn * 160), source, noise(random, 160)]);
      return (turn) => [packet(turn), packet(turn + 7)];
    },
  },
  {
    name: "iperf3, whose seconds stay and whose microseconds grow",
    over: "UDP",
    port: 5201,
    flow: (random) => {
      const body = noise(random, 1_400);
      return (turn) => [
        Buffer.concat([word(1_764_320_000), word(1_000 + turn * 3 + random(2)), word(turn), body]),
        Buffer.alloc(4),
      ];
    },
  },
  {
    name: "measurements behind an id and a number, in words of 4 bytes",
    over: "UDP",
    port: 30_500,
    flow: (random) => {
      const id = word(0x10000 + random(0xffff));
      const values = () =>
        Buffer.concat(Array.from({ length: 12 }, () => Buffer.concat([hex("41c8"), pair(random(16))])));
      return (turn) => [Buffer.concat([id, word(turn), values()]), Buffer.concat([id, word(turn)])];
    },
  },
  {
    name: "text behind an id and a number",
    over: "UDP",
    port: 30_501,
    flow: () => (turn) => [
      Buffer.concat([
        hex("00a10001"),
        word(turn),
        Buffer.from(`temperature ${turn} humidity ${turn * 3} at noon, all is well    `),
      ]),
      Buffer.from("ok  "),
    ],
  },
  {
    name: "compressed media behind a stream and a number of any length",
    over: "UDP",
    port: 30_502,
    flow: (random) => (turn) => [
      Buffer.concat([hex("0badcafe"), word(turn), noise(random, 801 + (turn % 3))]),
      noise(random, 33),
    ],
  },
  {
    name: "random bytes",
    over: "UDP",
    port: 0,
    flow: (random) => () => [noise(random, 20 + random(300)), noise(random, 20 + random(300))],
  },
  {
    name: "random bytes in TCP",
    over: "TCP",
    port: 0,
    flow: (random) => () => [noise(random, 20 + random(300)), noise(random, 20 + random(300))],
  },
  {
    name: "random bytes behind their length in TCP",
    over: "TCP",
    port: 0,
    flow: (random) => () => {
      const message = (length: number) => Buffer.concat([pair(length), noise(random, length)]);
      return [message(14), message(26 + random(90))];
    },
  },
];

describe("explain: ordinary traffic is no tunnel", () => {
  for (const [index, { name, over, port, flow }] of kinds.entries()) {
    it(name, async () => {
      const random = randomOf(100 + index);
      const packets = Array.from({ length: 200 }, (_, number) => {
        const ends = { client: `10.1.${number >> 4}.${number & 15}`, clientPort: clientPort(random) };
        const connection = new Connection(over, port === 0 ? clientPort(random) : port, ends);
        const turnOf = flow(random);
        const turns = Array.from({ length: each / 2 }, (__, turn) => turnOf(turn));
        return [
          ...connection.opening(),
          ...turns.flatMap(([asked, answered]) => [connection.up(asked), connection.down(answered)]),
        ];
      }).flat();
      const { forms, suspicions, hints } = await explainPackets(packets);
      assert.deepEqual(forms, { plain: packets.length, ipip: 0, vxlan: 0 });
      assert.deepEqual(suspicions, []);
      assert.deepEqual(hints, []);
    });
  }
});
