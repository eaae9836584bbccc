import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ethernet, icmp, icmpv6, ipv4, ipv6, tcp, udp, vxlan, type Ipv4Fields } from "../packet/build.ts";
import { LinkType } from "../packet/link/link-type.ts";
import { PcapngBlocks } from "../packet/pcapng.fixture.ts";
import { pcapBytes, type PacketToWrite } from "../packet/write-pcap.ts";
import { explainCapture, type CaptureSummary, type ExplainOptions } from "./explain-capture.ts";
import { renderSummary } from "./render-summary.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const pods = { source: "198.19.0.2", destination: "198.19.0.66" };
const nodes = { source: "198.18.1.11", destination: "198.18.2.11" };
const turned = ({ source, destination }: typeof pods) => ({ source: destination, destination: source });

function ping(ends = pods, size = 56, sequence = 1, fields: Partial<Ipv4Fields> = {}): Buffer {
  const type = ends.source === pods.source ? 8 : 0;
  return ipv4({ ...ends, protocol: 1, ...fields }, icmp({ type, identifier: 7, sequence }, Buffer.alloc(size)));
}

function inVxlan(packet: Uint8Array, vni = 4096): Buffer {
  return udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan({ vni }, ethernet(macs, packet)));
}

function tunneled(packet: Uint8Array, ends = nodes, vni = 4096): Buffer {
  return ipv4({ ...ends, protocol: 17 }, inVxlan(packet, vni));
}

/** The parts of a packet as a router cuts them: `size` bytes of payload each. */
function parts(fields: Ipv4Fields, payload: Buffer, size: number): Buffer[] {
  const count = Math.ceil(payload.length / size);
  return Array.from({ length: count }, (_, index) =>
    ipv4(
      { ...fields, fragmentOffset: index * size, moreFragments: index < count - 1 },
      payload.subarray(index * size, (index + 1) * size),
    ),
  );
}

function framed(packet: Uint8Array, timeSeconds = 0): PacketToWrite {
  const etherType = (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  return { bytes: ethernet({ ...macs, etherType }, packet), timeSeconds };
}

describe("explainCapture: kinds of captures", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-kinds-"));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function explainBytes(bytes: Uint8Array, options: ExplainOptions = {}): Promise<CaptureSummary> {
    const file = join(folder, "in.pcap");
    await writeFile(file, bytes);
    return explainCapture(file, options);
  }

  function explain(packets: readonly Uint8Array[], options: ExplainOptions = {}): Promise<CaptureSummary> {
    return explainBytes(pcapBytes(packets.map((packet) => framed(packet))), options);
  }

  function variantsOf({ conversations }: CaptureSummary): readonly (readonly [string, number, number | undefined])[] {
    return conversations.flatMap(({ variants }) =>
      variants.map(({ form, packets, overheadBytes }) => [form, packets, overheadBytes] as const),
    );
  }

  describe("fragments", () => {
    const cut = parts({ ...nodes, protocol: 17, identification: 1 }, inVxlan(ping(pods, 1_400)), 1_376);

    it("counts an encapsulated packet in two parts once, with its overhead", async () => {
      const summary = await explain([...cut, tunneled(ping(turned(pods)), turned(nodes))]);
      assert.deepEqual(summary.forms, { plain: 0, ipip: 0, vxlan: 2 });
      assert.deepEqual(summary.fragments, { packets: 1, encapsulated: 1, parts: 2 });
      assert.deepEqual(variantsOf(summary), [
        ["vxlan", 1, 50],
        ["vxlan", 1, 50],
      ]);
      assert.equal(summary.conversations[0]?.variants[0]?.fragments, 1);
      assert.match(renderSummary(summary), /vxlan 2 \(1 of them in 2 fragments\)/);
      assert.match(summary.hints.join(), /1 encapsulated packet was fragmented: the underlay's MTU is smaller/);
    });

    it("does the same where the parts overtake each other, and in IPv6", async () => {
      assert.deepEqual(variantsOf(await explain([...cut].reverse())), [["vxlan", 1, 50]]);
      const ends6 = { source: "fd00:1::11", destination: "fd00:2::11" };
      const whole = inVxlan(ping(pods, 1_400));
      const part6 = (offset: number, length: number, more: number) => {
        const extensions = Buffer.from([17, 0, (offset | more) >> 8, (offset | more) & 0xff, 0, 0, 0, 9]);
        return ipv6({ ...ends6, protocol: 17, nextHeader: 44, extensions }, whole.subarray(offset, offset + length));
      };
      const summary = await explain([part6(0, 1_232, 1), part6(1_232, 2_000, 0)]);
      assert.deepEqual([summary.forms.vxlan, summary.forms.plain, variantsOf(summary)], [1, 0, [["vxlan", 1, 70]]]);
    });

    it("does the same for IPIP and GRE, whose later parts no port names", async () => {
      const ipip = parts({ ...nodes, protocol: 4, identification: 2 }, ping(pods, 1_400), 1_376);
      const gre = Buffer.concat([Buffer.from("00000800", "hex"), ping(pods, 1_400)]);
      const summary = await explain([...ipip, ...parts({ ...nodes, protocol: 47, identification: 3 }, gre, 1_376)]);
      assert.deepEqual(summary.forms, { plain: 0, ipip: 1, vxlan: 0, gre: 1 });
      assert.equal(summary.fragments.parts, 4);
    });

    it("keeps parts that were encapsulated one by one in one conversation", async () => {
      const datagram = udp({ sourcePort: 40_000, destinationPort: 53 }, Buffer.alloc(2_000));
      const inner = parts({ ...pods, protocol: 17, identification: 5 }, datagram, 1_376);
      const summary = await explain(inner.map((packet) => tunneled(packet)));
      assert.deepEqual(
        summary.conversations.map(({ protocol, port }) => [protocol, port]),
        [["UDP", 53]],
      );
      assert.deepEqual(variantsOf(summary), [["vxlan", 2, 100]]);
    });

    it("calls a part without its first one unknown, not plain", async () => {
      const summary = await explain(cut.slice(1));
      assert.deepEqual(summary.forms, { plain: 0, ipip: 0, vxlan: 0, unknown: 1 });
      assert.match(summary.hints.join(), /1 fragment without the first part/);
    });
  });

  describe("encapsulations in each other", () => {
    const cloud = { source: "192.0.2.1", destination: "192.0.2.2" };
    const ipip = (packet: Buffer, ends = nodes) => ipv4({ ...ends, protocol: 4 }, packet);
    const nested = [
      tunneled(ipip(ping()), cloud, 700),
      tunneled(ipip(ping(turned(pods)), turned(nodes)), turned(cloud), 700),
    ];

    it("shows every level with its ends and what it costs", async () => {
      const summary = await explain(nested);
      assert.deepEqual(summary.nested, { "vxlan / ipip": 2 });
      assert.deepEqual(summary.conversations[0]?.variants[0]?.levels, [
        { form: "vxlan", source: "192.0.2.1", destination: "192.0.2.2", id: 700, opaque: false, overhead: 50 },
        { form: "ipip", source: "198.18.1.11", destination: "198.18.2.11", opaque: false, overhead: 20 },
      ]);
      const text = renderSummary(summary);
      assert.match(text, /vxlan 700 \(192\.0\.2\.1 > 192\.0\.2\.2\) \/ ipip \(198\.18\.1\.11 > 198\.18\.2\.11\)/);
      assert.match(text, /70 \(50 \+ 20 each\)/);
      assert.match(text, /all packets are inside VNI 700 .*--strip 1/);
      assert.equal(summary.conversations[0].asymmetric, false);
    });

    it("takes levels off where it is told to, and says what had none", async () => {
      const summary = await explain([...nested, ping()], { strip: 1 });
      assert.deepEqual(summary.forms, { plain: 0, ipip: 2, vxlan: 0 });
      assert.match(summary.hints.join(), /1 packet without an encapsulation: left out by --strip 1/);
      assert.deepEqual((await explain(nested, { strip: 2 })).forms, { plain: 2, ipip: 0, vxlan: 0 });
    });

    it("knows a mirror by both directions having the same ends, and Calico's own tunnel by its VNI", async () => {
      const mirrored = await explain([tunneled(ping(), cloud), tunneled(ping(turned(pods)), cloud)]);
      assert.match(mirrored.hints.join(), /all packets are inside VNI 4096 .*mirror/);
      assert.equal(mirrored.conversations[0]?.asymmetric, false);
      const own = await explain([tunneled(ping()), tunneled(ping(turned(pods)), turned(nodes))]);
      assert.deepEqual(own.hints, []);
    });
  });

  describe("captures on all interfaces without telling which", () => {
    const cooked = (packet: Buffer, timeSeconds: number): PacketToWrite => ({
      bytes: Buffer.concat([Buffer.from("00000001000602000000000100000800", "hex"), packet]),
      timeSeconds,
    });
    /** One ping through one node: at the pod, at the tunnel's device, at the uplink. */
    const through = (sequence: number, at: number) => {
      const seen = (ttl: number) => ping(pods, 56, sequence, { ttl, identification: sequence });
      return [cooked(seen(64), at), cooked(seen(63), at + 0.001), cooked(tunneled(seen(63)), at + 0.002)];
    };
    const sll = { linkType: LinkType.sll };

    it("does not call one packet on its way through a node mixed", async () => {
      const summary = await explainBytes(pcapBytes([...through(1, 1), ...through(2, 2)], sll));
      const [conversation] = summary.conversations;
      assert.deepEqual([conversation?.mixed, conversation?.throughNode], [false, true]);
      assert.match(summary.hints.join(), /seen on several interfaces of one node/);
      assert.doesNotMatch(renderSummary(summary), /MIXED/);
    });

    it("still finds the packets that took another form than the others", async () => {
      const plain = (ttl: number, at: number) => cooked(ping(pods, 56, 3, { ttl, identification: 3 }), at);
      const bytes = pcapBytes([...through(1, 1), plain(64, 2), plain(63, 2.001), ...through(4, 3)], sll);
      assert.equal((await explainBytes(bytes)).conversations[0]?.mixed, true);
    });

    it("forgives a packet that was on its way when the capture ended", async () => {
      const bytes = pcapBytes([...through(1, 1), ...through(2, 2).slice(0, 1)], sll);
      assert.equal((await explainBytes(bytes)).conversations[0]?.mixed, false);
    });

    it("forgives nothing where packets come from one interface", async () => {
      const summary = await explain([ping(), tunneled(ping())]);
      assert.equal(summary.conversations[0]?.mixed, true);
    });
  });

  describe("answers that come another way", () => {
    const there = tunneled(ping());

    it("says which: VNI, sender, receiver", async () => {
      const other = { source: "198.18.9.9", destination: "198.18.1.11" };
      const summary = await explain([there, tunneled(ping(turned(pods)), other, 1)]);
      assert.deepEqual(summary.conversations[0]?.asymmetries, [
        { what: "vni", expected: "4096", observed: "1" },
        { what: "source", expected: "198.18.2.11", observed: "198.18.9.9" },
      ]);
      assert.match(
        renderSummary(summary),
        /<── ASYMMETRIC: answers in VNI 1, not 4096; from 198\.18\.9\.9, not 198\.18\.2\.11/,
      );
      const away = { source: "198.18.2.11", destination: "198.18.9.9" };
      const [conversation] = (await explain([there, tunneled(ping(turned(pods)), away)])).conversations;
      assert.deepEqual(conversation?.asymmetries, [
        { what: "destination", expected: "198.18.1.11", observed: "198.18.9.9" },
      ]);
    });

    it("finds the inner level of two as well, and another form", async () => {
      const cloud = { source: "192.0.2.1", destination: "192.0.2.2" };
      const back = { source: "198.18.9.9", destination: "198.18.1.11" };
      const nested = [tunneled(there, cloud, 700), tunneled(tunneled(ping(turned(pods)), back), turned(cloud), 700)];
      assert.deepEqual((await explain(nested)).conversations[0]?.asymmetries, [
        { what: "source", expected: "198.18.2.11", observed: "198.18.9.9" },
      ]);
      assert.deepEqual((await explain([there, ping(turned(pods))])).conversations[0]?.asymmetries, [
        { what: "form", expected: "vxlan", observed: "plain" },
      ]);
    });

    it("says that two nodes have VXLAN in several VNIs between them, in conversations of different pods too", async () => {
      const other = { source: "198.19.0.3", destination: "198.19.0.67" };
      const summary = await explain([there, tunneled(ping(turned(other)), turned(nodes), 1)]);
      assert.deepEqual(summary.hints, [
        "198.18.1.11 and 198.18.2.11 have VXLAN in several VNIs between them (4096, 1): Calico uses one",
      ]);
      assert.deepEqual((await explain([there, tunneled(ping(turned(pods)), turned(nodes))])).hints, []);
    });

    it("calls two VNIs in one direction mixed", async () => {
      const summary = await explain([there, tunneled(ping(), nodes, 1), tunneled(ping(turned(pods)), turned(nodes))]);
      assert.equal(summary.conversations[0]?.mixed, true);
    });
  });

  describe("services", () => {
    const segment = (client: number, server: number, flags: number) =>
      ipv4({ ...pods, protocol: 6 }, tcp({ sourcePort: client, destinationPort: server, flags }, Buffer.alloc(0)));
    const answer = (client: number, server: number, flags: number) =>
      ipv4(
        { ...turned(pods), protocol: 6 },
        tcp({ sourcePort: server, destinationPort: client, flags }, Buffer.alloc(0)),
      );
    const clients = Array.from({ length: 40 }, (_, index) => 33_000 + index);
    const ports = ({ conversations }: CaptureSummary) => conversations.map(({ port, oneWay }) => [port, oneWay]);

    it("is one conversation where SYNs name a server on a high port", async () => {
      const packets = clients.flatMap((client) => [segment(client, 50_051, 2), answer(client, 50_051, 0x12)]);
      assert.deepEqual(ports(await explain(packets)), [[50_051, false]]);
    });

    it("is one where no SYN was seen but many connections share its port, in TCP and in UDP", async () => {
      const packets = clients.flatMap((client) => [segment(client, 50_051, 0x10), answer(client, 50_051, 0x18)]);
      assert.deepEqual(ports(await explain(packets)), [[50_051, false]]);
      const datagrams = clients.map((client) =>
        ipv4({ ...pods, protocol: 17 }, udp({ sourcePort: client, destinationPort: 50_053 }, Buffer.alloc(8))),
      );
      assert.deepEqual(ports(await explain(datagrams)), [[50_053, true]]);
    });

    it("is one where a SYN comes after other connections, and for one connection it is the smaller port", async () => {
      const late = [segment(33_000, 50_051, 0x10), segment(33_001, 50_051, 2), answer(33_000, 50_051, 0x10)];
      assert.deepEqual(ports(await explain(late)), [[50_051, false]]);
      assert.deepEqual(ports(await explain([segment(40_000, 80, 0x10)])), [[80, true]]);
    });
  });

  describe("ICMP errors", () => {
    const router = { source: "198.18.1.1", destination: "198.18.1.11" };
    const request = ipv4({ ...pods, protocol: 6 }, tcp({ sourcePort: 40_000, destinationPort: 80 }, Buffer.alloc(100)));
    const error = (type: number, code: number, mtu: number, quoted: Uint8Array) =>
      ipv4({ ...router, protocol: 1 }, icmp({ type, code, sequence: mtu }, quoted));

    it("are told in full, with the encapsulation of what they quote", async () => {
      const about = "about VXLAN 4096 198.18.1.11 > 198.18.2.11 / 198.19.0.2 > 198.19.0.66 TCP 80";
      const cases: readonly (readonly [Buffer, string])[] = [
        [error(3, 4, 1_400, tunneled(request)), `fragmentation needed, MTU 1400, ${about}`],
        [error(3, 4, 1_400, tunneled(request).subarray(0, 78)), `fragmentation needed, MTU 1400, ${about}`],
        [error(3, 4, 0, tunneled(request)), `fragmentation needed, MTU not given, ${about}`],
        [error(11, 0, 0, tunneled(request)), `time exceeded in transit, ${about}`],
        [
          error(3, 1, 0, ipv4({ ...nodes, protocol: 4 }, request)),
          "host unreachable, about IPIP 198.18.1.11 > 198.18.2.11 / 198.19.0.2 > 198.19.0.66 TCP 80",
        ],
        [error(3, 3, 0, request), "port unreachable, about 198.19.0.2 > 198.19.0.66 TCP 80"],
        [
          error(3, 13, 0, tunneled(request).subarray(0, 28)),
          "administratively prohibited, about VXLAN 198.18.1.11 > 198.18.2.11",
        ],
        [
          error(3, 2, 0, ipv4({ ...nodes, protocol: 47 }, Buffer.from("0000080045", "hex"))),
          "protocol unreachable, about GRE 198.18.1.11 > 198.18.2.11",
        ],
      ];
      for (const [packet, text] of cases) {
        const rendered = renderSummary(await explain([packet, packet]));
        assert.ok(rendered.includes(`error     198.18.1.1 reports to 198.18.1.11: ${text} ×2\n`), rendered);
      }
    });

    it("are told where they come through the tunnel themselves, and in IPv6", async () => {
      const inside = tunneled(
        ipv4({ source: "198.19.0.66", destination: "198.19.0.2", protocol: 1 }, icmp({ type: 3, code: 3 }, request)),
      );
      assert.deepEqual((await explain([inside])).icmpErrors, [
        {
          from: "198.19.0.66",
          to: "198.19.0.2",
          error: "port unreachable",
          about: "198.19.0.2 > 198.19.0.66 TCP 80",
          packets: 1,
        },
      ]);
      const ends6 = { source: "fd00::2", destination: "fd00::42" };
      const quoted = ipv6({ ...ends6, protocol: 17 }, udp({ sourcePort: 1, destinationPort: 53 }, Buffer.alloc(8)));
      const tooBig = icmpv6({ type: 2 }, Buffer.concat([Buffer.from([0, 0, 5, 120]), quoted]));
      const summary = await explain([ipv6({ source: "fd00::1", destination: "fd00::2", protocol: 58 }, tooBig)]);
      assert.match(
        renderSummary(summary),
        /fd00::1 reports to fd00::2: packet too big, MTU 1400, about fd00::2 > fd00::42 UDP 53/,
      );
    });
  });

  describe("tunnels", () => {
    it("has rows for the ends of what cannot be read, and notes", async () => {
      const esp = ipv4({ ...nodes, protocol: 50 }, Buffer.alloc(80, 1));
      const wireguard = udp(
        { sourcePort: 51_820, destinationPort: 51_820 },
        Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.alloc(44)]),
      );
      const summary = await explain([esp, ipv4({ ...nodes, protocol: 17 }, wireguard)]);
      assert.deepEqual(summary.forms, { plain: 0, ipip: 0, vxlan: 0, esp: 1, wireguard: 1 });
      assert.deepEqual(variantsOf(summary), [
        ["esp", 1, undefined],
        ["wireguard", 1, undefined],
      ]);
      assert.match(summary.hints.join("\n"), /WireGuard is encrypted.*Calico's port[^]*ESP is encrypted/);
    });

    it("suspects VXLAN on another port aloud, and reads it when told", async () => {
      const odd = ipv4(
        { ...nodes, protocol: 17 },
        udp({ sourcePort: 40_000, destinationPort: 14_789 }, vxlan({ vni: 4096 }, ethernet(macs, ping()))),
      );
      const summary = await explain([odd]);
      assert.deepEqual([summary.forms["suspected-vxlan"], summary.forms.plain], [1, 0]);
      assert.match(summary.hints.join(), /UDP 14789: payload of 1 packet begins like VXLAN, try --vxlan-port 14789/);
      assert.equal((await explain([odd], { vxlanPorts: [14_789] })).forms.vxlan, 1);
    });

    it("says what on VXLAN's port is none, and what receivers drop", async () => {
      const to4789 = (payload: Buffer) =>
        ipv4({ ...nodes, protocol: 17 }, udp({ sourcePort: 53, destinationPort: 4789 }, payload));
      const summary = await explain([
        to4789(Buffer.from("12348180000100010000000007657861", "hex")),
        to4789(vxlan({ vni: 4096, flags: 0 }, ethernet(macs, ping()))),
        to4789(vxlan({ vni: 4096, flags: 0x88 }, ethernet(macs, ping()))),
      ]);
      assert.deepEqual(summary.forms, { plain: 1, ipip: 0, vxlan: 1, "invalid-vxlan": 1 });
      const notes = summary.hints.join("\n");
      assert.match(notes, /1 packet to UDP 4789 is no VXLAN \(flags 0x12\)/);
      assert.match(notes, /flag I missing: receivers drop these/);
      assert.match(notes, /Group Based Policy/);
    });

    it("notes what carries the packets below IP: plain behind it is not the whole truth", async () => {
      const behind = (etherType: number, header: string, payload: Buffer) => ({
        bytes: ethernet({ ...macs, etherType }, Buffer.concat([Buffer.from(header, "hex"), payload])),
      });
      const frame = ethernet(macs, ping());
      const summary = await explainBytes(
        pcapBytes([
          behind(0x88e7, "00001234", frame),
          behind(0x894f, "0fc20101000010ff", ping()),
          behind(0x88a8, "000588470001014000000000", frame),
          framed(ping()),
        ]),
      );
      assert.equal(summary.forms.plain, 4);
      assert.deepEqual(
        summary.hints,
        ["802.1ah", "NSH", "VLAN 5 / MPLS"].map(
          (name) => `1 packet behind ${name}, a header of the underlay: forms are those of the IP packets in it`,
        ),
      );
    });

    it("counts what is not IP by name", async () => {
      const lldp = { bytes: ethernet({ ...macs, etherType: 0x88cc }, Buffer.alloc(46)) };
      const summary = await explainBytes(
        pcapBytes([lldp, lldp, { bytes: ethernet({ ...macs, etherType: 0x1234 }, Buffer.alloc(46)) }]),
      );
      assert.deepEqual(summary.notIp, { "LLDP (EtherType 0x88cc)": 2, "EtherType 0x1234": 1 });
      assert.match(renderSummary(summary), /3 not IP: LLDP \(EtherType 0x88cc\) ×2, EtherType 0x1234 ×1/);
    });
  });

  describe("files", () => {
    it("are read up to where they are cut, with a note", async () => {
      const bytes = pcapBytes([1, 2, 3].map(() => framed(tunneled(ping()))));
      const summary = await explainBytes(bytes.subarray(0, bytes.length - 10));
      assert.deepEqual([summary.packets, summary.complete, summary.forms.vxlan], [2, false, 2]);
      assert.match(renderSummary(summary), /note +the last record is cut/);
      assert.equal(summary.damage, undefined);
    });

    it("are read up to where they are damaged, which is told apart", async () => {
      const bytes = pcapBytes([1, 2, 3].map(() => framed(tunneled(ping()))));
      bytes.writeUInt32LE(0x7fffffff, 24 + 16 + framed(tunneled(ping())).bytes.length + 8);
      const summary = await explainBytes(bytes);
      assert.deepEqual([summary.packets, summary.complete], [1, false]);
      assert.match(summary.damage?.message ?? "", /corrupt at byte \d+: packet 2 claims/);
      assert.match(renderSummary(summary), /note +corrupt at byte .*: what follows was not read/);
    });

    it("of pcapng have names of interfaces in the table, and rows for each", async () => {
      const blocks = new PcapngBlocks();
      const summary = await explainBytes(
        Buffer.concat([
          blocks.section(),
          blocks.interface({ linkType: LinkType.ethernet, name: "eth0" }),
          blocks.interface({ linkType: LinkType.raw, name: "tunl0" }),
          blocks.enhancedPacket(framed(tunneled(ping())).bytes, { interface: 0 }),
          blocks.enhancedPacket(ping(), { interface: 1 }),
        ]),
      );
      assert.deepEqual(
        summary.conversations.map(({ interfaceName, mixed }) => [interfaceName, mixed]),
        [
          ["eth0", false],
          ["tunl0", false],
        ],
      );
      assert.match(
        renderSummary(summary),
        /\nif +conversation[^]*\neth0 +198\.19\.0\.2 > [^]*\ntunl0 +198\.19\.0\.2 > /,
      );
    });
  });

  describe("many conversations", () => {
    /** One packet of each of so many flows, between addresses and ports of their own. */
    function* flows(count: number): Iterable<PacketToWrite> {
      for (let index = 0; index < count; index += 1) {
        const host = `${(index >> 16) & 0xff}.${(index >> 8) & 0xff}.${index & 0xff}`;
        const datagram = udp(
          { sourcePort: 1_024 + (index % 60_000), destinationPort: 2_000 + ((index * 7) % 60_000) },
          Buffer.alloc(0),
        );
        yield framed(ipv4({ source: `10.${host}`, destination: "198.19.0.66", protocol: 17 }, datagram));
      }
    }

    it("shows the busiest of them and says how many there are more", async () => {
      const busy = Array.from({ length: 5 }, () => framed(ping()));
      const summary = await explainBytes(pcapBytes([...flows(200), ...busy]));
      const text = renderSummary(summary, 10);
      assert.equal(text.split("\n").filter((line) => line.includes(" > ")).length, 10);
      assert.match(text, /\n198\.19\.0\.2 > 198\.19\.0\.66 +ICMP/);
      assert.match(text, /\nand 191 more conversations with 191 packets; --top N shows more$/);
    });

    it("keeps those with something wrong in sight", async () => {
      const odd = [tunneled(ping()), ping(turned(pods))].map((packet) => framed(packet));
      const text = renderSummary(await explainBytes(pcapBytes([...flows(200), ...odd])), 1);
      assert.match(text, /ASYMMETRIC: the two directions differ in form/);
    });

    it("folds the smallest beyond its room, and loses none of their packets", async () => {
      const busy = Array.from({ length: 3 }, () => framed(ping()));
      const count = 60_000;
      const summary = await explainBytes(pcapBytes([...busy, ...flows(count)]));
      assert.ok(summary.conversations.length <= 20_000, `${summary.conversations.length} kept`);
      assert.equal(summary.conversations.length + (summary.folded?.conversations ?? 0), count + 1);
      const kept = summary.conversations
        .flatMap(({ variants }) => variants)
        .reduce((sum, { packets }) => sum + packets, 0);
      assert.equal(kept + (summary.folded?.packets ?? 0), count + 3);
      assert.equal(summary.conversations[0]?.variants[0]?.packets, 3);
      assert.match(renderSummary(summary), /and 59951 more conversations with 59951 packets/);
    }).timeout(20_000);
  });
});
