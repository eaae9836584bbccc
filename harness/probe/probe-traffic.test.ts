import assert from "node:assert/strict";
import { localExecutor } from "../exec/local/local.ts";
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

  it("is understood by tcpdump, for captures on all interfaces", async () => {
    const { stdout } = await localExecutor().run(["tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-d", probeTraffic]);
    assert.match(stdout, /\(000\)/);
  });
});
