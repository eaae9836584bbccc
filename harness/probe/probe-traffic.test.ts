import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localExecutor } from "../exec/local/local.ts";
import { ethernet, ipv4, udp, vxlan } from "../packet/build.ts";
import { IpProtocol } from "../packet/ip-protocol.ts";
import { writePcap } from "../packet/write-pcap.ts";
import { defaultHttpPorts } from "./probe-command.ts";
import { probeTraffic } from "./probe-traffic.ts";
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

describe("probeTraffic", () => {
  it("takes every port that probes use, and not those of a cluster's API and datastore", () => {
    const tokens = tokenSource("any");
    const used = [0, 1, 9_999].flatMap((index): readonly number[] => [
      tokens.clientPort(index),
      tokens.serverPort(index),
    ]);
    for (const port of [...used, defaultHttpPorts.service, defaultHttpPorts.direct])
      assert.ok(takesPort(port), String(port));
    for (const port of [22, 53, 179, 443, 2379, 6443]) assert.ok(!takesPort(port), String(port));
  });

  it("keeps pings, tunnels and the ports of probes, and passes over a cluster's own traffic", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    const ip = (protocol: number, payload: Uint8Array): Buffer =>
      ipv4({ source: "10.0.0.1", destination: "10.0.0.2", protocol }, payload);
    const udpTo = (destinationPort: number, payload: Uint8Array): Buffer =>
      ip(IpProtocol.udp, udp({ sourcePort: 50_000, destinationPort }, payload));
    const frame = (payload: Uint8Array): Buffer => ethernet(macs, payload);
    const ping = ip(IpProtocol.icmp, Buffer.alloc(64));
    const tunneled = vxlan({ vni: 4096 }, frame(ping));
    const kept = [ping, udpTo(4789, tunneled), udpTo(8472, tunneled), ip(IpProtocol.ipv4, ping), udpTo(8080, ping)];
    const passed = [udpTo(53, Buffer.alloc(64)), udpTo(6443, Buffer.alloc(64))];
    try {
      for (const [packets, count] of [
        [kept, kept.length],
        [passed, 0],
      ] as const) {
        const file = join(folder, "frames.pcap");
        await writePcap(
          file,
          packets.map((bytes) => ({ bytes: frame(bytes) })),
        );
        const argv = ["tcpdump", "-Z", "root", "-r", file, "--count", probeTraffic];
        assert.match((await localExecutor().run(argv)).stdout, new RegExp(`^${count} packet`, "m"));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is understood by tcpdump, for captures on all interfaces", async () => {
    const { stdout } = await localExecutor().run(["tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-d", probeTraffic]);
    assert.match(stdout, /\(000\)/);
  });
});
