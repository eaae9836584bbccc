import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseModes, type EncapWord } from "../encap/mode-words.ts";
import { ethernet, icmp, ipv4, udp, vxlan } from "../packet/build.ts";
import { LinkType } from "../packet/link/link-type.ts";
import { PcapngBlocks } from "../packet/pcapng.fixture.ts";
import { writePcap } from "../packet/write-pcap.ts";
import { explainCapture } from "./explain-capture.ts";
import { judgeCapture, type CaptureVerdict } from "./judge-capture.ts";
import { renderVerdict } from "./render-verdict.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const subnets = ["10.0.1.0/24", "10.0.2.0/24"];
/** Nodes a1 and a2 in one subnet, b1 in the other, with a pod each. */
const nodes = { a1: "10.0.1.11", a2: "10.0.1.12", b1: "10.0.2.11" };
const pods = { a1: "10.244.1.5", a2: "10.244.2.5", b1: "10.244.3.5" };
const blocks = [
  { block: "10.244.1.0/26", node: nodes.a1 },
  { block: "10.244.2.0/26", node: nodes.a2 },
];
type NodeName = keyof typeof nodes;

function plain(from: NodeName, to: NodeName): Buffer {
  const ends = { source: pods[from], destination: pods[to] };
  return ipv4({ ...ends, protocol: 1 }, icmp({ identifier: 1, sequence: 1 }, Buffer.alloc(8)));
}

function tunneled(from: NodeName, to: NodeName, vni = 4096): Buffer {
  const datagram = udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan({ vni }, ethernet(macs, plain(from, to))));
  return ipv4({ source: nodes[from], destination: nodes[to], protocol: 17 }, datagram);
}

function ipip(from: NodeName, to: NodeName): Buffer {
  return ipv4({ source: nodes[from], destination: nodes[to], protocol: 4 }, plain(from, to));
}

describe("judgeCapture", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-judge-"));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function judge(
    packets: readonly Buffer[],
    word: string,
    options: { readonly encap?: EncapWord; readonly blocks?: typeof blocks; readonly vni?: number } = {},
  ): Promise<CaptureVerdict> {
    const file = join(folder, "in.pcap");
    await writePcap(
      file,
      packets.map((packet) => ({ bytes: ethernet(macs, packet) })),
    );
    const modes = parseModes([word], options.encap ?? "all");
    const { vni } = options;
    const expectation = { modes, subnets, blocks: options.blocks ?? [], ...(vni === undefined ? {} : { vni }) };
    return judgeCapture(await explainCapture(file), expectation);
  }

  const across = [tunneled("a1", "b1"), tunneled("b1", "a1")];

  it("passes CrossSubnet where only packets to the other subnet are encapsulated", async () => {
    const verdict = await judge([...across, plain("a1", "a2"), plain("a2", "a1")], "CrossSubnet", { blocks });
    assert.deepEqual([verdict.status, verdict.right, verdict.doubts], ["pass", 4, []]);
  });

  it("names a pair that is encapsulated within its subnet", async () => {
    const verdict = await judge([...across, tunneled("a1", "a2")], "CrossSubnet");
    assert.equal(verdict.status, "fail");
    assert.match(
      renderVerdict(verdict, "CrossSubnet"),
      /^wrong +10\.0\.1\.11 > 10\.0\.1\.12 \(same subnet\): expected plain, observed vxlan ×1, for example 10\.244\.1\.5 > /,
    );
  });

  it("names a direction that comes back plain: the other one tells whose pods these are", async () => {
    const verdict = await judge([tunneled("a1", "b1"), plain("b1", "a1")], "CrossSubnet");
    assert.deepEqual(
      verdict.wrong.map(({ from, to, observed, expected }) => [from, to, observed, expected]),
      [[nodes.b1, nodes.a1, "plain", "ipip or vxlan"]],
    );
  });

  it("tells the encapsulations apart where one is asked for", async () => {
    assert.equal((await judge([ipip("a1", "b1")], "CrossSubnet")).status, "pass");
    assert.equal((await judge([ipip("a1", "b1")], "CrossSubnet", { encap: "vxlan" })).status, "fail");
    assert.equal((await judge([ipip("a1", "b1")], "IPIPCrossSubnet")).status, "pass");
  });

  it("takes two encapsulations in each other for neither of them", async () => {
    const twice = ipv4(
      { source: nodes.a1, destination: nodes.b1, protocol: 17 },
      udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan({ vni: 4096 }, ethernet(macs, ipip("a1", "b1")))),
    );
    const { status, wrong } = await judge([twice], "CrossSubnet");
    assert.deepEqual([status, wrong[0]?.observed, wrong[0]?.expected], ["fail", "vxlan / ipip", "ipip or vxlan"]);
  });

  it("fails VXLAN in a VNI that is not the one that is said, or Calico's default", async () => {
    const both = [tunneled("a1", "b1", 4096), tunneled("b1", "a1", 1)];
    for (const [packets, vni, foreign] of [
      [both, undefined, 1],
      [both, 4096, 1],
      [both, 1, 4096],
      [across, 7, 4096],
    ] as const) {
      const verdict = await judge(packets, "CrossSubnet", vni === undefined ? {} : { vni });
      assert.equal(verdict.status, "fail", JSON.stringify(verdict));
      const [{ expected, observed } = {}] = verdict.wrong;
      assert.deepEqual([expected, observed], [`ipip or vxlan in VNI ${vni ?? 4096}`, `vxlan in VNI ${foreign}`]);
    }
  });

  it("passes the VNI that is said, and doubts another one that nobody did", async () => {
    const seven = [tunneled("a1", "b1", 7), tunneled("b1", "a1", 7)];
    const said = await judge(seven, "CrossSubnet", { vni: 7 });
    assert.deepEqual([said.status, said.right, said.doubts], ["pass", 2, []]);
    const unsaid = await judge(seven, "CrossSubnet");
    assert.deepEqual([unsaid.status, unsaid.right], ["inconclusive", 2]);
    assert.match(unsaid.doubts.join(), /VNI 7, and Calico's default is 4096.*--vni 7/);
  });

  it("judges Always and Never", async () => {
    assert.equal((await judge([...across, tunneled("a1", "a2")], "Always")).status, "pass");
    assert.equal((await judge([...across, plain("a1", "a2")], "Always", { blocks })).status, "fail");
    assert.equal((await judge(across, "Never")).status, "fail");
    assert.equal((await judge([plain("a1", "a2")], "Never", { blocks })).status, "pass");
  });

  it("judges Never in a capture on several interfaces, where nothing tells which of them are uplinks", async () => {
    const blocksOf = new PcapngBlocks();
    const file = join(folder, "in.pcapng");
    const bytes = ethernet(macs, plain("a1", "a2"));
    const interfaces = ["a1/pod", "a1/eth0"].map((name) => blocksOf.interface({ linkType: LinkType.ethernet, name }));
    const packets = interfaces.map((_, index) => blocksOf.enhancedPacket(bytes, { interface: index }));
    await writeFile(file, Buffer.concat([blocksOf.section(), ...interfaces, ...packets]));
    const verdict = judgeCapture(await explainCapture(file), { modes: parseModes(["Never"], "all"), subnets, blocks });
    assert.deepEqual([verdict.status, verdict.right, verdict.doubts], ["pass", 1, []]);
  });

  it("does not pass what goes through another tunnel, or may, between two nodes", async () => {
    const between = (ends: { source: string; destination: string }, port: number, payload: Buffer) =>
      ipv4({ ...ends, protocol: 17 }, udp({ sourcePort: 40_000, destinationPort: port }, payload));
    const ends = { source: nodes.a1, destination: nodes.b1 };
    const wireguard = between(ends, 9_999, Buffer.concat([Buffer.from("0400000000000001", "hex"), Buffer.alloc(56)]));
    const told = await judge([...across, wireguard], "CrossSubnet");
    assert.deepEqual([told.status, told.right], ["inconclusive", 2]);
    assert.match(told.doubts.join(), /10\.0\.1\.11 > 10\.0\.2\.11: what is inside of wireguard cannot be read/);
    const dtls = Buffer.from(`17fefd00010000000000070040${"5a".repeat(64)}`, "hex");
    const suspected = await judge([...across, between(ends, 443, dtls)], "CrossSubnet");
    assert.deepEqual([suspected.status, suspected.right], ["inconclusive", 2]);
    assert.match(suspected.doubts.join(), /10\.0\.1\.11 > 10\.0\.2\.11 UDP 443 looks like DTLS/);
    const elsewhere = { source: nodes.a1, destination: "192.0.2.7" };
    const foreign = await judge([...across, between(elsewhere, 443, dtls)], "CrossSubnet");
    assert.equal(foreign.doubts.filter((doubt) => doubt.includes("DTLS")).length, 0);
  });

  it("judges what is around tunnels of the pods themselves", async () => {
    const message = Buffer.concat([Buffer.from("0400000000000001", "hex"), Buffer.alloc(56)]);
    const own = (from: NodeName, to: NodeName) =>
      ipv4(
        { source: pods[from], destination: pods[to], protocol: 17 },
        udp({ sourcePort: 1, destinationPort: 9_999 }, message),
      );
    const carried = (from: NodeName, to: NodeName) =>
      ipv4(
        { source: nodes[from], destination: nodes[to], protocol: 17 },
        udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan({ vni: 4096 }, ethernet(macs, own(from, to)))),
      );
    const right = await judge([...across, carried("a1", "b1"), own("a1", "a2")], "CrossSubnet", { blocks });
    assert.deepEqual([right.status, right.right, right.doubts], ["pass", 3, []]);
    const wrong = await judge([...across, own("a1", "b1"), carried("a1", "a2")], "CrossSubnet", { blocks });
    assert.deepEqual(
      wrong.wrong.map(({ to, expected, observed }) => [to, expected, observed]),
      [
        [nodes.b1, "ipip or vxlan", "plain"],
        [nodes.a2, "plain", "vxlan"],
      ],
    );
    // Nothing shows whose these are.
    assert.equal((await judge([carried("a1", "a2")], "CrossSubnet")).status, "inconclusive");
  });

  it("is inconclusive where nothing tells which nodes plain packets are between, and where there is nothing", async () => {
    const verdict = await judge([...across, plain("a2", "a1")].slice(1), "CrossSubnet");
    assert.equal(verdict.status, "inconclusive");
    assert.match(verdict.doubts.join(), /10\.244\.2\.5 > 10\.244\.1\.5 is plain.*--blocks BLOCK=NODE/);
    assert.equal((await judge([], "CrossSubnet")).status, "inconclusive");
  });
});
