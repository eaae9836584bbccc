import assert from "node:assert/strict";
import type { Path } from "../encap/path.ts";
import { icmpv6, ipv6 } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import type { Packet } from "../packet/packet.ts";
import type { Probe, ProbeKind, Token } from "../probe/probe.ts";
import { Recognizer } from "./recognizer.ts";
import { mergeVariants, Tally } from "./tally.ts";

const pattern = "e5ca9b0001000001";
const probes: readonly Probe[] = [
  probe("ping", { kind: "icmp-pattern", pattern }),
  probe("curl", { kind: "tcp-port", side: "client", port: 20_001, mark: "el-0001" }),
  probe("bulk", { kind: "tcp-port", side: "server", port: 10_001 }),
  probe("curl", { kind: "tcp-port", side: "client", port: 20_002, mark: "el-0002" }),
];

describe("Recognizer", () => {
  it("knows a flow by its server's port, from either side", () => {
    const recognizer = new Recognizer(probes);
    assert.deepEqual(probeAndDirection(recognizer, tcp("10.0.0.9", 40_000, "10.0.0.1", 10_001)), [2, "forward"]);
    assert.deepEqual(probeAndDirection(recognizer, tcp("10.0.0.1", 10_001, "10.0.0.9", 40_000)), [2, "reverse"]);
  });

  it("knows a flow by its client's port, whichever address sorts first", () => {
    const recognizer = new Recognizer(probes);
    assert.deepEqual(probeAndDirection(recognizer, tcp("10.0.0.9", 20_001, "10.0.0.1", 8080)), [1, "forward"]);
    assert.deepEqual(probeAndDirection(recognizer, tcp("10.0.0.1", 8080, "10.0.0.9", 20_001)), [1, "reverse"]);
  });

  it("believes the request's mark and not the port, where masquerading took another probe's port", () => {
    const recognizer = new Recognizer(probes);
    const syn = recognizer.identify(tcp("10.0.0.9", 20_001, "10.0.0.1", 8080));
    recognizer.identify(tcp("10.0.0.9", 20_001, "10.0.0.1", 8080, "GET /cgi-bin/saw/el-0002 HTTP/1.1\r\n"));
    assert.ok(syn);
    assert.equal(recognizer.resolve(syn.subject)?.probe, 3);
  });

  describe("of a flow that ended before its request, masqueraded to a port of chance", () => {
    const ends = { sources: ["10.0.0.9"], destination: "10.0.0.1", port: 8080 };
    const token = { kind: "tcp-port", side: "client", port: 20_003, mark: "el-0003", ends } as const;
    const opened = tcp("10.0.0.9", 54_321, "10.0.0.1", 8080, "", 1, 0x02);

    it("knows the probe by where it came from and went", () => {
      const recognizer = new Recognizer([...probes, probe("curl", token)]);
      assert.deepEqual(probeAndDirection(recognizer, opened), [4, "forward"]);
      assert.deepEqual(probeAndDirection(recognizer, tcp("10.0.0.1", 8080, "10.0.0.9", 54_321)), [4, "reverse"]);
    });

    it("knows nothing of flows between other ends, from the other end, or that it did not see begin", () => {
      const recognizer = new Recognizer([...probes, probe("curl", token)]);
      const strangers = [
        tcp("10.0.0.8", 54_321, "10.0.0.1", 8080, "", 1, 0x02),
        tcp("10.0.0.9", 54_321, "10.0.0.1", 8081, "", 1, 0x02),
        tcp("10.0.0.1", 8080, "10.0.0.9", 54_322, "", 1, 0x02),
        tcp("10.0.0.9", 54_323, "10.0.0.1", 8080),
      ];
      for (const stranger of strangers) assert.equal(probeAndDirection(recognizer, stranger)[0], undefined);
    });

    it("does not guess between two probes with the same ends", () => {
      const twin = { ...token, port: 20_004, mark: "el-0004" };
      const recognizer = new Recognizer([...probes, probe("curl", token), probe("curl", twin)]);
      assert.equal(probeAndDirection(recognizer, opened)[0], undefined);
    });
  });

  it("tells server from client by the SYN, where masquerading took the port of another probe's server", () => {
    const both = [...probes, probe("bulk", { kind: "tcp-port", side: "server", port: 10_002 })];
    for (const [client, server] of [
      ["10.0.0.9", "10.0.0.1"],
      ["10.0.0.1", "10.0.0.9"],
    ] as const) {
      const recognizer = new Recognizer(both);
      recognizer.identify(tcp(client, 10_002, server, 10_001, "", 1, 0x02));
      recognizer.identify(tcp(server, 10_001, client, 10_002, "", 1, 0x12));
      assert.deepEqual(probeAndDirection(recognizer, tcp(client, 10_002, server, 10_001)), [2, "forward"]);
    }
  });

  it("knows nothing of foreign flows and foreign pings", () => {
    const recognizer = new Recognizer(probes);
    const foreign = recognizer.identify(tcp("10.0.0.9", 40_000, "10.0.0.1", 8080, "GET /cgi-bin/saw/el-0009 HTTP/1.1"));
    assert.ok(foreign);
    assert.equal(recognizer.resolve(foreign.subject), undefined);
    assert.equal(recognizer.identify(echo("00".repeat(40))), undefined);
    assert.equal(recognizer.identify(echo("e5ca9b0001000002".repeat(5))), undefined);
  });

  it("tells a ping's request from its answer, in either family", () => {
    const sideOf = (bytes: Buffer): number | undefined => new Recognizer(probes).identify(packet(bytes, "raw"))?.side;
    const four = (type: number) => ipv4("10.0.0.9", "10.0.0.1", 1, icmp(type, 0, 77, hex(pattern)));
    assert.deepEqual([sideOf(four(8)), sideOf(four(0))], [0, 1]);
    const body = Buffer.concat([hex("004d0001"), hex(pattern)]);
    const six = (type: number) =>
      ipv6({ source: "fd00::9", destination: "fd00::1", protocol: 58 }, icmpv6({ type }, body));
    assert.deepEqual([sideOf(six(128)), sideOf(six(129))], [0, 1]);
  });

  it("finds a pattern at any alignment, and after bytes that only look like its start", () => {
    const recognizer = new Recognizer(probes);
    for (const before of ["", "00", "e5ca9b", "e5ca9be5ca", "00".repeat(17)]) {
      assert.equal(recognizer.identify(echo(before + pattern))?.subject.kind, "pattern", before);
    }
  });

  it("refuses two probes with one token", () => {
    assert.throws(() => new Recognizer([...probes, ...probes.slice(0, 1)]), /two probes have the token e5ca9b/);
  });

  it("knows the flow that an ICMP error quotes, also where it quotes no more of TCP than 8 bytes", () => {
    const recognizer = new Recognizer(probes);
    recognizer.identify(tcp("10.0.0.9", 20_001, "10.0.0.1", 8080));
    const quoted = tcpBytes("10.0.0.9", 20_001, "10.0.0.1", 8080, "").subarray(0, 28);
    const quotation = recognizer.quotation(packet(ipv4("10.0.0.7", "10.0.0.9", 1, icmp(3, 1, 0, quoted))));
    assert.equal(quotation === undefined ? undefined : recognizer.resolveQuotation(quotation), 1);
    const less = tcpBytes("10.0.0.9", 20_001, "10.0.0.1", 8080, "").subarray(0, 27);
    assert.equal(recognizer.quotation(packet(ipv4("10.0.0.7", "10.0.0.9", 1, icmp(3, 1, 0, less)))), undefined);
    const more = tcpBytes("10.0.0.9", 20_001, "10.0.0.1", 8080, "");
    const whole = recognizer.quotation(packet(ipv4("10.0.0.7", "10.0.0.9", 1, icmp(3, 1, 0, more))));
    assert.ok(whole);
    assert.equal(recognizer.resolveQuotation(whole), 1);
  });

  it("knows the ping that an ICMP error quotes without its payload, once it has been seen", () => {
    const recognizer = new Recognizer(probes);
    const request = ipv4("10.0.0.9", "10.0.0.1", 1, icmp(8, 0, 77, hex(pattern)));
    const quotation = recognizer.quotation(
      packet(ipv4("10.0.0.7", "10.0.0.9", 1, icmp(3, 0, 0, request.subarray(0, 28)))),
    );
    assert.ok(quotation);
    assert.equal(recognizer.resolveQuotation(quotation), undefined);
    recognizer.identify(packet(request));
    assert.equal(recognizer.resolveQuotation(quotation), 0);
  });
});

describe("Tally", () => {
  it("counts headers with those of another flow, each packet once", () => {
    const [one, other] = [new Tally(), new Tally(0, new Map())];
    const together = new Tally(0, one.variants);
    for (const tally of [one, together, other]) tally.add(tcp("10.0.0.9", 20_001, "10.0.0.1", 8080), "a.pcap");
    const packets = (tallies: readonly Tally[]): readonly number[] => mergeVariants(tallies).map((own) => own.packets);
    assert.deepEqual([packets([one, together]), packets([one, together, other])], [[2], [3]]);
    assert.deepEqual([one.in, together.in], [1, 1]);
  });

  it("counts segments that were sent again, also across the end of the sequence space", () => {
    const tally = new Tally();
    const send = (sequence: number, data: string): void => {
      tally.add(tcp("10.0.0.9", 20_001, "10.0.0.1", 8080, data, sequence), "a.pcap");
    };
    const pieces = () => tally.account.toFlow("", 0xffff_fff0).pieces;
    send(0xffff_fff0, "x".repeat(16));
    send(0, "y".repeat(10));
    assert.deepEqual(pieces(), [{ from: 0, to: 26, times: 1 }]);
    send(0xffff_fff0, "x".repeat(16));
    send(0, "y".repeat(10));
    send(10, "z");
    assert.deepEqual(pieces(), [
      { from: 0, to: 26, times: 2 },
      { from: 26, to: 27, times: 1 },
    ]);
  });
});

function probeAndDirection(recognizer: Recognizer, heard: Packet): [number | undefined, string] {
  const identified = recognizer.identify(heard);
  assert.ok(identified);
  const resolved = recognizer.resolve(identified.subject);
  return [resolved?.probe, identified.side === resolved?.source ? "forward" : "reverse"];
}

function probe(kind: ProbeKind, token: Token): Probe {
  const path: Path = {
    id: "none/pod-to-pod/same-subnet/v4/a1->a2",
    mode: "none",
    traffic: "pod-to-pod",
    locality: "same-subnet",
    family: 4,
    source: { node: "a1", pod: "a1-p1" },
    target: { node: "a2", pod: "a2-p1" },
  };
  return { path, kind, token, dials: "10.0.0.1", amount: 1 };
}

function packet(bytes: Buffer, link: "raw" | "ipv4" = "ipv4"): Packet {
  const length = bytes.length;
  return decode({ number: 1, timeSeconds: 0, capturedLength: length, originalLength: length, bytes }, link, [4789]);
}

function echo(payload: string): Packet {
  return packet(ipv4("10.0.0.9", "10.0.0.1", 1, icmp(8, 0, 77, hex(payload))));
}

function tcp(
  source: string,
  from: number,
  destination: string,
  to: number,
  data = "",
  sequence = 1,
  flags = 0x10,
): Packet {
  return packet(tcpBytes(source, from, destination, to, data, sequence, flags));
}

function tcpBytes(
  source: string,
  from: number,
  destination: string,
  to: number,
  data: string,
  sequence = 1,
  flags = 0x10,
): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(from, 0);
  header.writeUInt16BE(to, 2);
  header.writeUInt32BE(sequence, 4);
  header[12] = 0x50;
  header[13] = flags;
  return ipv4(source, destination, 6, Buffer.concat([header, Buffer.from(data)]));
}

function icmp(type: number, code: number, identifier: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, code, 0, 0, identifier >> 8, identifier & 0xff, 0, 1]), data]);
}

function ipv4(source: string, destination: string, protocol: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header[8] = 64;
  header[9] = protocol;
  header.set(source.split(".").map(Number), 12);
  header.set(destination.split(".").map(Number), 16);
  return Buffer.concat([header, payload]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
