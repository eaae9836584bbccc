import assert from "node:assert/strict";
import { ethernet, icmp, ipv4, ipv6 } from "./build.ts";
import type { Protocol } from "./cursor.ts";
import { decode } from "./decode.ts";
import { formOf, innerIp } from "./form.ts";
import { protocolOfLinkType } from "./link/link-type.ts";
import type { Packet } from "./packet.ts";
import { packetLines } from "./packet-lines.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const ping = ipv4(
  { source: "198.19.0.2", destination: "198.19.0.66", protocol: 1 },
  icmp({ identifier: 7, sequence: 1 }, Buffer.alloc(8)),
);
const ping6 = ipv6({ source: "fd00::2", destination: "fd00::42", protocol: 59 }, Buffer.alloc(8));
const frame = ethernet(macs, ping);

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

function decodeBytes(bytes: Uint8Array, first: Protocol = "ethernet"): Packet {
  return decode(
    { number: 1, timeSeconds: 0, capturedLength: bytes.length, originalLength: bytes.length, bytes },
    first,
    [4789],
  );
}

function stack(packet: Packet): string {
  return packet.layers.map((layer) => (layer.kind === "shim" ? layer.name : layer.kind)).join(" ");
}

function under(etherType: number, header: string, payload: Uint8Array = ping): Packet {
  return decodeBytes(ethernet({ ...macs, etherType }, Buffer.concat([hex(header), payload])));
}

const macsecChecksum = Buffer.alloc(16, 0xee);

/** Each with IP behind it: the stack that must come out. */
const headers: readonly (readonly [name: string, packet: Packet, stack: string])[] = [
  ["MPLS, one label", under(0x8847, "00010 140"), "ethernet MPLS ipv4 icmp"],
  ["MPLS, three labels and IPv6", under(0x8847, "00010 040 00011 040 00002 1 40", ping6), "ethernet MPLS ipv6"],
  ["MPLS pseudowire with control word", under(0x8847, "00010 140 00000000", frame), "ethernet MPLS ethernet ipv4 icmp"],
  [
    "MPLS pseudowire without control word, to a MAC that begins with 6",
    under(0x8848, "00010 140", ethernet({ ...macs, destination: "66:00:00:00:00:02" }, ping)),
    "ethernet MPLS ethernet ipv4 icmp",
  ],
  ["PPPoE", under(0x8864, "1100 0001 0026 0021"), "ethernet PPPoE PPP ipv4 icmp"],
  ["PPPoE with IPv6", under(0x8864, "1100 0001 0032 0057", ping6), "ethernet PPPoE PPP ipv6"],
  ["QinQ", under(0x88a8, "0064 8100 0065 0800"), "ethernet vlan vlan ipv4 icmp"],
  ["old QinQ, three tags", under(0x9100, "0064 9100 0065 8100 0066 0800"), "ethernet vlan vlan vlan ipv4 icmp"],
  ["other makers' QinQ", under(0x9200, "0064 9300 0065 0800"), "ethernet vlan vlan ipv4 icmp"],
  ["SNAP in a VLAN", under(0x8100, "0064 002c aaaa03 000000 0800"), "ethernet vlan SNAP ipv4 icmp"],
  ["SNAP in a frame too long for a length", under(0x8870, "aaaa03 000000 0800"), "ethernet SNAP ipv4 icmp"],
  ["VLAN over MPLS", under(0x8100, "0064 8847 00010140"), "ethernet vlan MPLS ipv4 icmp"],
  ["802.1ah", under(0x88e7, "00001234", frame), "ethernet 802.1ah ethernet ipv4 icmp"],
  [
    "802.1ah below a backbone tag",
    under(0x88a8, "0064 88e7 00001234", frame),
    "ethernet vlan 802.1ah ethernet ipv4 icmp",
  ],
  [
    "MACsec, signed only",
    under(0x88e5, "20 00 00000001 0200000000010001 0800", Buffer.concat([ping, macsecChecksum])),
    "ethernet MACsec ipv4 icmp",
  ],
  ["VN-Tag", under(0x8926, "00010002 0800"), "ethernet VN-Tag ipv4 icmp"],
  ["802.1BR", under(0x893f, "000100020003 0800"), "ethernet E-Tag ipv4 icmp"],
  ["Cisco metadata", under(0x8909, "010100010064 0800"), "ethernet Cisco metadata ipv4 icmp"],
  ["HSR", under(0x892f, "00460001 0800"), "ethernet HSR ipv4 icmp"],
  ["NSH", under(0x894f, "0fc60101 000010ff 00000000000000000000000000000000"), "ethernet NSH ipv4 icmp"],
  ["NSH with a frame", under(0x894f, "0fc20203 000010ff", frame), "ethernet NSH ethernet ipv4 icmp"],
  ["FabricPath", under(0x8903, "0060", frame), "ethernet FabricPath ethernet ipv4 icmp"],
  ["TRILL", under(0x22f3, "003f 0001 0002", frame), "ethernet TRILL ethernet ipv4 icmp"],
  ["802.3 with SNAP", under(8 + ping.length, "aaaa03 000000 0800"), "ethernet SNAP ipv4 icmp"],
  ["802.3 with SNAP of 802.1H", under(8 + ping.length, "aaaa03 0000f8 0800"), "ethernet SNAP ipv4 icmp"],
  ["802.3 with 802.2's number of IP", under(3 + ping.length, "060603"), "ethernet LLC ipv4 icmp"],
  ["PPP of serial lines", decodeBytes(Buffer.concat([hex("ff030021"), ping]), "ppp"), "PPP ipv4 icmp"],
  ["PPP, compressed", decodeBytes(Buffer.concat([hex("21"), ping]), "ppp"), "PPP ipv4 icmp"],
  ["PPP with MPLS", decodeBytes(Buffer.concat([hex("0281 00010140"), ping]), "ppp"), "PPP MPLS ipv4 icmp"],
];

describe("decode: headers below IP", () => {
  for (const [name, packet, expected] of headers) {
    it(`reads IP under ${name}`, () => {
      assert.equal(stack(packet), expected, packetLines(packet).join("\n"));
      assert.equal(packet.problem, undefined);
      assert.equal(formOf(packet), "plain");
    });
  }

  it("takes no padding of a frame for payload, nor MACsec's checksum", () => {
    const padded = under(8 + ping.length, "aaaa03 000000 0800", Buffer.concat([ping, Buffer.alloc(9)]));
    assert.equal(padded.payload.length, 8);
    const signed = headers.find(([name]) => name.startsWith("MACsec"))?.[1];
    assert.equal(signed?.payload.length, 8);
  });

  const named: readonly (readonly [Packet, string])[] = [
    [under(0x88cc, ""), "LLDP (EtherType 0x88cc)"],
    [under(0x1234, ""), "EtherType 0x1234"],
    [under(0x8863, ""), "PPPoE discovery (EtherType 0x8863)"],
    [under(0x88e5, "2c 00 00000001 0200000000010001"), "MACsec, encrypted (EtherType 0x88e5)"],
    [under(0x0026, "424203"), "STP (LLC 0x42)"],
    [under(0x0026, "aaaa03 00000c 2000"), "CDP (SNAP 0x00000c/0x2000)"],
    [under(0x8864, "1100 0001 0026 c021"), "LCP (PPP protocol 0xc021)"],
    [under(0x8847, "00010140 10000021"), "MPLS associated channel"],
    [decodeBytes(hex("0f00 8035 00000000"), "hdlc"), "SLARP"],
    [decodeBytes(hex("00000007 00000000"), "bsd-loopback"), "OSI"],
  ];
  for (const [packet, name] of named) {
    it(`names ${name} and leaves it at that`, () => {
      const last = packet.layers.at(-1);
      assert.deepEqual(last, { kind: "opaque", name });
      assert.equal(innerIp(packet), undefined);
    });
  }
});

describe("decode: link types", () => {
  const nflogHead = hex("02000002 0800010008000300 05000a0000000000");
  const payloadTlv = Buffer.from([ping.length + 4, 0, 9, 0]);
  const cases: readonly (readonly [number, Uint8Array])[] = [
    [0, Buffer.concat([hex("02000000"), ping])],
    [0, Buffer.concat([hex("00000002"), ping])],
    [0, Buffer.concat([hex("1e000000"), ping6])],
    [0, Buffer.concat([hex("0000001c"), ping6])],
    [9, Buffer.concat([hex("ff030021"), ping])],
    [12, ping],
    [14, ping6],
    [50, Buffer.concat([hex("ff030057"), ping6])],
    [50, Buffer.concat([hex("0f000800"), ping])],
    [51, Buffer.concat([hex("110000010026 0021"), ping])],
    [101, ping6],
    [104, Buffer.concat([hex("8f0086dd"), ping6])],
    [108, Buffer.concat([hex("00000018"), ping6])],
    [109, Buffer.concat([hex("02000000 00001001 00000001"), ping])],
    [113, Buffer.concat([hex("0000 0001 0006 020000000001 0000 0004 aaaa03 000000 0800"), ping])],
    [166, Buffer.concat([hex("01 ff030021"), ping])],
    [204, Buffer.concat([hex("00 0021"), ping])],
    [205, Buffer.concat([hex("00 0f000800"), ping])],
    [228, ping],
    [229, ping6],
    [239, Buffer.concat([nflogHead, payloadTlv, ping])],
    [113, Buffer.concat([hex("0000 0001 0006 020000000001 0000 8100 0005 0800"), ping])],
    [239, Buffer.concat([hex("02000002 00080001 00000003"), Buffer.from([0, ping.length + 4, 0, 9]), ping])],
  ];
  for (const [linkType, bytes] of cases) {
    it(`reads IP under link type ${linkType}, ${Buffer.from(bytes.subarray(0, 4)).toString("hex")}`, () => {
      const first = protocolOfLinkType(linkType);
      assert.ok(first !== undefined);
      const packet = decodeBytes(bytes, first);
      assert.match(innerIp(packet)?.source ?? "", /^(198\.19\.0\.2|fd00::2)$/, packetLines(packet).join("\n"));
      assert.equal(packet.problem, undefined);
    });
  }

  it("tells ARP that arptables logged, and messages to the kernel", () => {
    const arp = hex("0001 0800 0604 0001 020000000001 c6120101 000000000000 c6120102");
    const logged = decodeBytes(Buffer.concat([hex("03000002 20000900"), arp]), "nflog");
    assert.equal(logged.layers.at(-1)?.kind, "arp");
    const netlink = decodeBytes(Buffer.concat([hex("0000 0338 0000 0000000000000000 0000"), Buffer.alloc(16)]), "sll");
    assert.deepEqual(netlink.layers.at(-1), { kind: "opaque", name: "netlink" });
  });

  it("ends where NFLOG has no packet in it", () => {
    assert.equal(decodeBytes(hex("02000002 0800010008000300"), "nflog").problem?.protocol, "nflog");
  });
});
