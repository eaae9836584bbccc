import assert from "node:assert/strict";
import { newRunId } from "../../core/run-id.ts";
import { Scope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { inNamespace } from "../../exec/namespace/namespace.ts";
import { runScript } from "../../exec/script.ts";
import type { Probe } from "../probe.ts";
import { runProbes } from "../run-probes.ts";
import { startServers } from "../servers.ts";
import { parseUdp, udpClientArgv, udpParts } from "./client.ts";
import type { Datagram } from "./datagram.ts";

const flow = { mode: "none", traffic: "pod-to-pod", locality: "same-subnet" } as const;
const small: readonly Datagram[] = [0, 1, 2, 3].map((number) => ({ flow: number, bytes: 104, tos: 0 }));

function probeTo(dials: string, datagrams: readonly Datagram[], index: number): Probe {
  const family = dials.includes(":") ? 6 : 4;
  const [source, target] = [{ node: "c" }, { node: "s", pod: "s-p1" }];
  const path = { ...flow, family, id: `path ${index}`, source, target } as const;
  const pattern = `e5ca9b000000000${index}`;
  return { path, kind: "udp", token: { kind: "udp-pattern", pattern }, dials, amount: datagrams.length, datagrams };
}

describe("UDP requests", () => {
  const run = newRunId();
  const host = localExecutor({ env: { ENCAPLAB_RUN: `${run}:${process.pid}` } });
  const lab = new Scope();
  let client: Executor;
  let server: Executor;

  before(async function () {
    if (process.getuid?.() !== 0) skipFor(this, "no namespaces without root");
    lab.defer("namespaces", async () => {
      for (const name of ["c", "s"]) await host.tryRun(["ip", "netns", "del", `udp${run}${name}`]);
    });
    await runScript(
      host,
      `for n in c s; do
ip netns add udp${run}$n; ip -n udp${run}$n link set lo up
done
ip link add eth0 mtu 1450 netns udp${run}c type veth peer name eth0 mtu 1450 netns udp${run}s
ip -n udp${run}c addr add 198.18.8.1/24 dev eth0; ip -n udp${run}s addr add 198.18.8.2/24 dev eth0
ip -n udp${run}c addr add fd00::1/64 dev eth0 nodad; ip -n udp${run}s addr add fd00::2/64 dev eth0 nodad
ip -n udp${run}c link set eth0 up; ip -n udp${run}s link set eth0 up`,
    );
    client = inNamespace(host, `udp${run}c`, "node c");
    server = inNamespace(host, `udp${run}s`, "node s");
    // Until the link has settled, neighbors are found a second late.
    await client.run(["ping", "-6", "-n", "-q", "-c", "1", "-W", "5", "fd00::2"]);
  });

  after(async () => {
    assert.deepEqual(await lab.close(), []);
  });

  async function ask(probes: readonly Probe[], rule = "") {
    const scope = new Scope();
    const places = {
      pods: [{ name: "s-p1", executor: server }],
      nodes: [{ name: "c", executor: client }],
    };
    try {
      await startServers(probes, places, scope);
      const drop = `add table inet t; delete table inet t; table inet t { chain c { type filter hook input priority 0; ${rule} }; }`;
      await server.run(["nft", drop]);
      return await runProbes(probes, places);
    } finally {
      await server.tryRun(["nft", "delete table inet t"]);
      assert.deepEqual(await scope.close(), []);
    }
  }

  it("are all answered, of both families, by a server that tells its name", async () => {
    const probes = [probeTo("198.18.8.2", small, 1), probeTo("fd00::2", small, 2)];
    for (const result of await ask(probes)) {
      assert.deepEqual(
        [result.sent, result.received, result.answeredBy, result.errors],
        [4, 4, "s-p1", []],
        result.output,
      );
      assert.ok(result.datagrams?.every(({ copy, answered }) => copy === 0 && answered));
      assert.match(result.command, /^perl \(UDP requests\) '/);
    }
  });

  it("are sent twice more, with numbers of their own, where others of the probe are answered", async () => {
    const [result] = await ask(
      [probeTo("198.18.8.2", [...small, { flow: 0, bytes: 900, tos: 0 }], 1)],
      "ip length 900 drop;",
    );
    assert.deepEqual([result?.sent, result?.received], [7, 4]);
    const lost = result?.datagrams?.filter(({ answered }) => !answered);
    assert.deepEqual(
      lost?.map(({ number, copy, bytes }) => [number, copy, bytes]),
      [
        [4, 0, 900],
        [1028, 1, 900],
        [2052, 2, 900],
      ],
    );
  });

  it("are not repeated where none is answered, and tell the errors that came back", async () => {
    const [silent] = await ask([probeTo("198.18.8.2", small, 1)], "meta l4proto udp drop;");
    assert.deepEqual([silent?.sent, silent?.received, silent?.errors], [4, 0, []]);
    const [refused] = await ask([probeTo("198.18.8.2", small, 1)], "meta l4proto udp reject;");
    assert.equal(refused?.received, 0);
    assert.deepEqual(refused.errors, ["Connection refused"]);
  });

  it("tell what the sender's own kernel refuses", async () => {
    const [result] = await ask([probeTo("198.18.8.2", [...small, { flow: 0, bytes: 1451, tos: 0 }], 1)]);
    assert.deepEqual([result?.sent, result?.received], [4, 4]);
    assert.equal(result?.datagrams?.find(({ number }) => number === 4)?.refused, "Message too long");
  });

  it("wait for no probe of which nothing comes back longer than for a few, and report what there is when time is over", async () => {
    const many = Array.from({ length: 120 }, (_, number) => ({ flow: number % 4, bytes: 104, tos: 0 }));
    const probes = [probeTo("198.18.8.2", small, 1), probeTo("198.18.8.9", many, 2)];
    const places = { pods: [{ name: "s-p1", executor: server }], nodes: [{ name: "c", executor: client }] };
    await client.run(["ip", "neigh", "replace", "198.18.8.9", "lladdr", "02:00:00:00:00:09", "dev", "eth0"]);
    const scope = new Scope();
    try {
      await startServers(probes, places, scope);
      const ask = async (patience: number, limit: number) => {
        const argv = [...udpClientArgv(probes, { service: 80, direct: 8080 }, 0)];
        argv.splice(3, 3, String(patience), "4", String(limit));
        const { stdout } = await client.run(argv);
        return probes.map(({ datagrams = [] }, place) => parseUdp(stdout, place, datagrams));
      };
      // By windows of four it would take 6 s.
      const [live, dead] = await ask(200, 5000);
      assert.equal(live?.datagrams.filter(({ answered }) => answered).length, 4);
      assert.equal(dead?.datagrams.length, 120);
      const [early, late] = await ask(200, 100);
      assert.equal(early?.datagrams.filter(({ answered }) => answered).length, 4);
      assert.deepEqual(late?.errors, ["not all was sent: the time for probes was over"]);
      assert.ok(late.datagrams.length < 120, `${late.datagrams.length} were sent`);
    } finally {
      assert.deepEqual(await scope.close(), []);
    }
  });

  it("are marked as asked: DSCP and ECN stand in the packet", async () => {
    const marked = [{ flow: 0, bytes: 104, tos: 0xb8 | 2 }];
    const [result] = await ask(
      [probeTo("198.18.8.2", marked, 1)],
      "ip dscp ef ip ecn ect0 accept; meta l4proto udp drop;",
    );
    assert.equal(result?.received, 1);
    const [six] = await ask([probeTo("fd00::2", marked, 1)], "ip6 dscp ef ip6 ecn ect0 accept; meta l4proto udp drop;");
    assert.equal(six?.received, 1);
  });

  it("are all answered at the first go where they are as large as jumbo frames, and many at a time", async () => {
    const jumbo = Array.from({ length: 64 }, () => ({ flow: 0, bytes: 8900, tos: 0 }));
    for (const place of [client, server]) await place.run(["ip", "link", "set", "eth0", "mtu", "9000"]);
    const [result] = await ask([probeTo("198.18.8.2", jumbo, 1)]);
    for (const place of [client, server]) await place.run(["ip", "link", "set", "eth0", "mtu", "1450"]);
    assert.deepEqual([result?.sent, result?.received], [64, 64], result?.output);
  });

  it("fail without a report where their program dies", () => {
    assert.equal(parseUdp("", 0, small), undefined);
    assert.deepEqual(parseUdp("0\t\t\t\n", 0, small), { datagrams: [], servers: [], errors: [] });
  });

  it("are split so that one process never opens more sockets than select(2) knows", () => {
    const wide = Array.from({ length: 16 }, (_, number) => ({ flow: number, bytes: 104, tos: 0 }));
    const probes = Array.from({ length: 120 }, (_, index) => probeTo("198.18.8.2", wide, index % 10));
    assert.deepEqual(
      udpParts(probes).map((part) => part.length),
      [50, 50, 20],
    );
    assert.deepEqual(udpParts([]), []);
  });
});
