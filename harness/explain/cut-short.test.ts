import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseModes } from "../encap/mode-words.ts";
import { ethernet, icmp, ipv4, tcp, udp, vxlan } from "../packet/build.ts";
import { pcapBytes } from "../packet/write-pcap.ts";
import { explainCapture, type CaptureSummary } from "./explain-capture.ts";
import { judgeCapture } from "./judge-capture.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const nodes = { source: "10.0.1.11", destination: "10.0.2.11" };
const pods = { source: "10.244.1.5", destination: "10.244.3.5" };
const subnets = ["10.0.1.0/24", "10.0.2.0/24"];
const ping = ipv4({ ...pods, protocol: 1 }, icmp({ identifier: 1 }, Buffer.alloc(56)));
const overlay = vxlan({ vni: 4096 }, ethernet(macs, ping));
const inUdp = (destinationPort: number, ends = nodes) =>
  ipv4({ ...ends, protocol: 17 }, udp({ sourcePort: 40_000, destinationPort }, overlay));
const inTcp = ipv4({ ...nodes, protocol: 6 }, tcp({ sourcePort: 40_000, destinationPort: 443 }, Buffer.alloc(200, 7)));

describe("explain: captures with a short snapshot length", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-cut-"));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function explain(packet: Uint8Array, snaplen: number): Promise<CaptureSummary> {
    const file = join(folder, "in.pcap");
    const whole = ethernet(macs, packet);
    const record = { bytes: whole.subarray(0, snaplen), originalLength: whole.length };
    await writeFile(file, pcapBytes([record], { snaplen }));
    return explainCapture(file);
  }

  // Ethernet, IPv4 and UDP end at 42, VXLAN at 50.
  for (const snaplen of [34, 40, 42, 49]) {
    it(`call UDP on a port of its own unknown, not plain, where ${snaplen} bytes were kept`, async () => {
      const summary = await explain(inUdp(14_789), snaplen);
      assert.deepEqual(summary.forms, { plain: 0, ipip: 0, vxlan: 0, unknown: 1 });
      assert.match(
        summary.hints.join("\n"),
        new RegExp(`1 packet of UDP cut before .* called unknown: record again with more than ${snaplen} bytes`),
      );
    });
  }

  it("tell VXLAN at its own port from the port on, and elsewhere from its header on", async () => {
    assert.equal((await explain(inUdp(4789), 42)).forms.vxlan, 1);
    const odd = await explain(inUdp(14_789), 50);
    assert.deepEqual([odd.forms["suspected-vxlan"], odd.hints.length], [1, 1]);
  });

  it("say that a tunnel in TCP cannot be told without its first bytes", async () => {
    for (const snaplen of [40, 54, 56]) {
      assert.match((await explain(inTcp, snaplen)).hints.join(), /of TCP cut before what would tell a tunnel in it/);
    }
    assert.deepEqual((await explain(inTcp, 57)).hints, []);
  });

  it("do not pass where the packets may be a tunnel between nodes, and are judged where one end is a pod", async () => {
    const judge = async (packet: Uint8Array) => {
      const blocks = [
        { block: "10.244.1.0/26", node: nodes.source },
        { block: "10.244.3.0/26", node: nodes.destination },
      ];
      return judgeCapture(await explain(packet, 42), { modes: parseModes(["Never"], "all"), subnets, blocks });
    };
    const between = await judge(inUdp(14_789));
    assert.equal(between.status, "inconclusive");
    assert.match(between.doubts.join(), /10\.0\.1\.11 > 10\.0\.2\.11: cut before what would tell the form/);
    const ofPods = await judge(inUdp(14_789, pods));
    assert.deepEqual([ofPods.status, ofPods.right, ofPods.doubts], ["pass", 1, []]);
  });
});
