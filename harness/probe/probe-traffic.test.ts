import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localExecutor } from "../exec/local/local.ts";
import { ethernet, ipv4, udp, vxlan } from "../packet/build.ts";
import { IpProtocol } from "../packet/ip-protocol.ts";
import { writePcap } from "../packet/write-pcap.ts";
import { defaultHttpPorts } from "./probe-command.ts";
import { probeTraffic, probeTrafficOf } from "./probe-traffic.ts";
import { tokenSource } from "./token.ts";

/** Whether a TCP port of a packet is within the expression. */
function takesPort(port: number): boolean {
  const ranges = [...probeTraffic.matchAll(/portrange (\d+)-(\d+)/g)].map(([, first, last]) => [
    Number(first),
    Number(last),
  ]);
  const single = [...probeTraffic.matchAll(/(?<!udp )\bport (\d+)/g)].map(([, only]) => Number(only));
  return single.includes(port) || ranges.some(([first = 0, last = 0]) => port >= first && port <= last);
}

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };

const frame = (payload: Uint8Array): Buffer => ethernet(macs, payload);

describe("probeTraffic", () => {
  it("takes every port that probes use, and not those of a cluster's API and datastore", () => {
    const tokens = tokenSource("any");
    const used = [0, 1, 8_999].flatMap((index): readonly number[] => [
      tokens.clientPort(index),
      tokens.serverPort(index),
    ]);
    for (const port of [...used, defaultHttpPorts.service, defaultHttpPorts.direct])
      assert.ok(takesPort(port), String(port));
    for (const port of [22, 53, 179, 443, 2379, 6443, 10_250, 10_256]) assert.ok(!takesPort(port), String(port));
  });

  describe("as tcpdump applies it", () => {
    const folder = mkdtempSync(join(tmpdir(), "encaplab-test-"));
    after(() => {
      rmSync(folder, { recursive: true });
    });

    /** How many of the packets a filter keeps. */
    async function kept(filter: string, packets: readonly Buffer[]): Promise<number> {
      const file = join(folder, "frames.pcap");
      const frames = packets.map((bytes) => ({ bytes: frame(bytes) }));
      await writePcap(file, frames);
      const { stdout } = await localExecutor().run(["tcpdump", "-Z", "root", "-r", file, "--count", filter]);
      return Number(/^(\d+) packet/m.exec(stdout)?.[1]);
    }

    const [node, otherNode, pod, otherPod] = ["10.0.0.1", "10.0.0.2", "192.168.0.1", "192.168.9.9"];
    const ip = (ends: readonly [string, string], protocol: number, payload: Uint8Array): Buffer =>
      ipv4({ source: ends[0], destination: ends[1], protocol }, payload);
    const udpTo = (ends: readonly [string, string], destinationPort: number, payload: Uint8Array): Buffer =>
      ip(ends, IpProtocol.udp, udp({ sourcePort: 50_000, destinationPort }, payload));
    const nodes = [node, otherNode] as const;
    const traffic = (inside: readonly [string, string]): readonly Buffer[] => {
      const ping = ip(inside, IpProtocol.icmp, Buffer.alloc(64));
      const tunneled = vxlan({ vni: 4096 }, frame(ping));
      const outside = [ping, udpTo(inside, 8080, ping)];
      return [...outside, udpTo(nodes, 4789, tunneled), udpTo(nodes, 8472, tunneled), ip(nodes, IpProtocol.ipv4, ping)];
    };

    it("keeps pings, tunnels and the ports of probes, and passes over a cluster's own traffic", async () => {
      assert.equal(await kept(probeTraffic, traffic([pod, otherPod])), 5);
      assert.equal(
        await kept(probeTraffic, [udpTo(nodes, 53, Buffer.alloc(64)), udpTo(nodes, 6443, Buffer.alloc(64))]),
        0,
      );
    });

    it("keeps that of a run's own pods alone, in tunnels and outside, with what nodes send themselves", async () => {
      const filter = probeTrafficOf({ pods: [pod, "fd00::1"], others: [node, otherNode] });
      assert.equal(await kept(filter, traffic([pod, otherPod])), 5);
      assert.equal(await kept(filter, traffic([otherPod, pod])), 5);
      assert.equal(await kept(filter, traffic([otherPod, "192.168.9.8"])), 0);
      assert.equal(await kept(filter, [ip(nodes, IpProtocol.icmp, Buffer.alloc(64))]), 1);
      assert.equal(await kept(filter, [ip(["127.0.0.1", "127.0.0.1"], IpProtocol.icmp, Buffer.alloc(64))]), 1);
    });

    it("names no more addresses than the kernel compares a packet with, and tcpdump takes as many at once", async () => {
      const many = (count: number) => Array.from({ length: count }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
      assert.equal(probeTrafficOf({ pods: many(100), others: many(29) }), probeTraffic);
      assert.equal(await kept(probeTrafficOf({ pods: many(64), others: many(64) }), traffic([pod, otherPod])), 0);
    });
  });

  it("is understood by tcpdump, for captures on all interfaces", async () => {
    const { stdout } = await localExecutor().run(["tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-d", probeTraffic]);
    assert.match(stdout, /\(000\)/);
  });
});
