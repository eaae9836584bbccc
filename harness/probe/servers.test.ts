import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { LabError } from "../core/errors.ts";
import { newRunId } from "../core/run-id.ts";
import { Scope, withScope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";
import { localExecutor } from "../exec/local/local.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import { runScript } from "../exec/script.ts";
import type { Probe } from "./probe.ts";
import { runProbes } from "./run-probes.ts";
import type { ServerPlan } from "./responder.ts";
import { portsScript } from "./server-script.ts";
import { openPorts, startServers, startServersAt } from "./servers.ts";
import { skipFor } from "../core/skip.fixture.ts";

const flow = { mode: "none", traffic: "pod-to-pod", locality: "same-node", family: 4 } as const;

describe("servers in a namespace", () => {
  const run = newRunId();
  const host = localExecutor({ env: { ENCAPLAB_RUN: `${run}:${process.pid}` } });
  const lab = new Scope();
  let place: Executor;

  before(async function () {
    if (process.getuid?.() !== 0) skipFor(this, "no namespaces without root");
    const name = `srv${run}`;
    lab.defer("namespace", async () => {
      await host.tryRun(["ip", "netns", "del", name]);
    });
    await runScript(host, `ip netns add ${name}; ip -n ${name} link set lo up`);
    place = inNamespace(host, name, "node s");
  });

  after(async () => {
    assert.deepEqual(await lab.close(), []);
  });

  it("answer on IPv4 and IPv6 with the address they saw, and leave nothing behind", async () => {
    await withScope(async (scope) => {
      await serve({ name: "a1's pod", http: 8080, iperf3: [10_001, 10_002] }, scope);
      assert.deepEqual(await openPorts(place), new Set(["tcp/8080", "tcp/10001", "tcp/10002"]));
      const saw = async (url: string): Promise<string> => (await place.run(["curl", "-gsS", url])).stdout;
      assert.equal(await saw("http://127.0.0.1:8080/cgi-bin/saw/el-1"), "127.0.0.1 a1's pod el-1\n");
      assert.equal(await saw("http://[::1]:8080/cgi-bin/saw/el-1"), "0:0:0:0:0:0:0:1 a1's pod el-1\n");
      assert.equal((await saw("http://127.0.0.1:8080/cgi-bin/bulk/el-1?70000")).length, 70_000);
      assert.equal((await saw("http://127.0.0.1:8080/cgi-bin/bulk/el-1?2000000")).length, 2_000_000);
      assert.equal(await saw("http://127.0.0.1:8080/nothing-there"), "");
    });
    assert.deepEqual(await folders(), []);
    assert.deepEqual(await openPorts(place), new Set());
  });

  it("listen on addresses that the host has lost: the probes find that", async () => {
    await withScope(async (scope) => {
      await serve({ udp: { port: 8081, addresses: ["198.51.100.9", "2001:db8::9"] }, iperf3: [] }, scope, 5000);
      assert.deepEqual(await openPorts(place), new Set(["udp/8081"]));
    });
  });

  it("are found on a small machine in the kernel's own tables, which say the same", async () => {
    const asSmall = portsScript.replace(/-gt \d+/, "-gt 99999999999");
    assert.notEqual(asSmall, portsScript);
    await withScope(async (scope) => {
      await serve({ http: 8080, udp: { port: 8081, addresses: [] }, iperf3: [10_001] }, scope);
      const found = (await runScript(place, asSmall)).stdout.split("\n").filter((line) => line !== "");
      assert.deepEqual(new Set(found), await openPorts(place));
      assert.equal(new Set(found).size, 3);
    });
  });

  it("refuse ports on which somebody else would answer", async () => {
    await withScope(async (scope) => {
      await serve({ http: 8080, iperf3: [] }, scope);
      await assert.rejects(
        serve({ http: 8080, iperf3: [10_001] }, scope),
        (error) => error instanceof LabError && error.message.includes("one of these ports is in use: TCP 8080, 10001"),
      );
    });
  });

  it("of two places start in one process, each with its own name, and a taken port is told of the right one", async () => {
    const other = `srv${run}o`;
    lab.defer("namespace", async () => {
      await host.tryRun(["ip", "netns", "del", other]);
    });
    await runScript(host, `ip netns add ${other}; ip -n ${other} link set lo up`);
    const otherPlace = inNamespace(host, other, "node o");
    const placed = [place, otherPlace].map((executor, index) => ({
      executor,
      plan: { name: `pod ${index}`, http: 8080, udp: { port: 8080, addresses: [] }, iperf3: [] },
    }));
    await withScope(async (scope) => {
      await startServersAt(placed, scope);
      for (const [index, executor] of [place, otherPlace].entries()) {
        const { stdout } = await executor.run(["curl", "-gsS", "http://127.0.0.1:8080/cgi-bin/saw/el-1"]);
        assert.equal(stdout, `127.0.0.1 pod ${index} el-1\n`);
      }
      const bySlowLook = await runScript(otherPlace, `command() { return 1; }\n${portsScript}`);
      assert.deepEqual([...new Set(bySlowLook.stdout.trim().split("\n"))].sort(), ["tcp/8080", "udp/8080"]);
    });
    await withScope(async (scope) => {
      await startServersAt([{ executor: otherPlace, plan: { http: 8080, iperf3: [] } }], scope);
      await assert.rejects(
        startServersAt(placed, scope),
        (error) => error instanceof LabError && error.details.where === "node o" && error.message.includes("in use"),
      );
    });
    assert.deepEqual(await folders(), []);
  });

  it("are asked by one process, and each request is told by itself", async () => {
    const [source, target] = [{ node: "s" }, { node: "s", pod: "s-p1" }];
    const requests = Array.from({ length: 6 }, (_, index): Probe => {
      const path = { ...flow, id: `request ${index}`, source, target };
      const token = { kind: "tcp-port", side: "client", port: 20_100 + index, mark: `el-${index}` } as const;
      const download = index === 4 ? { kind: "bulk", amount: 70_000 } : ({ kind: "curl", amount: 1 } as const);
      return { path, ...download, token, dials: `127.0.0.${index + 1}` } as Probe;
    });
    const lost = requests.map((probe, index) =>
      index === 5 ? { ...probe, path: { ...probe.path, service: "svc" } } : probe,
    );
    const counted: string[] = [];
    const client: Executor = {
      ...place,
      run: (argv, options) => {
        counted.push(options?.input ?? "");
        return place.run(argv, options);
      },
    };
    const places = { pods: [{ name: "s-p1", executor: place }], nodes: [{ name: "s", executor: client }] };
    await withScope(async (scope) => {
      await startServers(lost, places, scope);
      const results = await runProbes(lost, places);
      // As batches in perl spell words.
      assert.equal(counted.join("").split(` ${Buffer.from("curl\0").toString("hex")}`).length, 2);
      assert.deepEqual(
        results.map(({ received }) => received),
        [1, 1, 1, 1, 1, 0],
      );
      for (const [index, { command, answeredBy, serverSaw, output, bytes, exitCode, errors }] of results.entries()) {
        assert.match(command, new RegExp(`^curl -q .* --local-port 2010${index} .*/el-${index}(\\?70000'?)?$`));
        assert.ok(index === 5 || output.includes(`/el-${index}`), output);
        if (index < 4) assert.deepEqual([answeredBy, serverSaw], ["s-p1", "127.0.0.1"]);
        if (index === 4) assert.equal(bytes, 70_000);
        if (index === 5) assert.match(errors.join(), /Couldn't connect|Failed to connect/);
        assert.equal(exitCode, index === 5 ? 7 : 0);
      }
    });
  });

  it("count bytes of every flow, also where they run only when nobody else does", async () => {
    const [source, target] = [{ node: "s" }, { node: "s", pod: "s-p1" }];
    const late: Executor = {
      ...place,
      spawn: (argv, scope, options) => place.spawn(["chrt", "--idle", "0", ...argv], scope, options),
    };
    const probes = Array.from({ length: 20 }, (_, index): Probe => {
      const path = { ...flow, id: `flow ${index}`, source, target };
      const token = { kind: "tcp-port", side: "server", port: 10_100 + index } as const;
      return { path, kind: "bulk", token, dials: "127.0.0.1", amount: 128 * 1024 };
    });
    const places = {
      pods: [{ name: "s-p1", node: "s", executor: late }],
      nodes: [{ name: "s", role: "node", executor: place, enter: () => [], namespacePrefix: "" } as const],
    };
    await withScope(async (scope) => {
      await startServers(probes, places, scope);
      const results = await runProbes(probes, places, { perSource: probes.length });
      const silent = results.filter(({ received }) => received === 0).map(({ output }) => output);
      assert.deepEqual(silent, []);
    });
  });

  it("say why they do not listen", async () => {
    const without: Executor = {
      ...place,
      spawn: (argv, scope, options) => {
        const input = options?.input?.replace("iperf3", "iperf3-that-is-missing") ?? "";
        return place.spawn(argv, scope, { ...options, input });
      },
    };
    const waiting = withScope((scope) =>
      startServersAt([{ executor: without, plan: { iperf3: [10_003] } }], scope, 300),
    );
    await assert.rejects(waiting, (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /servers on node s to listen; last seen: nothing on TCP 10003/);
      assert.match(error.details.tail ?? "", /iperf3-that-is-missing/);
      return true;
    });
    assert.deepEqual(await folders(), []);
  });

  function serve(plan: ServerPlan, scope: Scope, timeoutMs?: number): Promise<void> {
    return startServersAt([{ executor: place, plan }], scope, timeoutMs);
  }

  async function folders(): Promise<string[]> {
    return (await readdir(tmpdir())).filter((name) => name.startsWith(`encaplab-${run}.${process.pid}.`));
  }
});
