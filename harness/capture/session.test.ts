import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../core/errors.ts";
import { newRunId } from "../core/run-id.ts";
import { Scope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";
import { localExecutor } from "../exec/local/local.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import { runScript } from "../exec/script.ts";
import { readCapture } from "../packet/read-capture.ts";
import { transport } from "../packet/form.ts";
import type { CaptureFile, CaptureOptions, CaptureTarget } from "./capture.ts";
import { startCapture } from "./session.ts";
import { skipFor } from "../core/skip.fixture.ts";

describe("startCapture", () => {
  const host = localExecutor();
  const scope = new Scope();
  let a: Executor;
  let b: Executor;
  let folder: string;
  let options: CaptureOptions;

  before(async function () {
    if (process.getuid?.() !== 0) skipFor(this, "no namespaces without root");
    const run = `cap${newRunId()}`;
    const [nsA, nsB] = [`${run}-a`, `${run}-b`];
    scope.defer("namespaces", async () => {
      await host.tryRun(["ip", "netns", "del", nsA]);
      await host.tryRun(["ip", "netns", "del", nsB]);
    });
    await runScript(
      host,
      `ip netns add ${nsA}; ip netns add ${nsB}
       ip link add eth0 netns ${nsA} type veth peer name eth0 netns ${nsB}
       ip -n ${nsA} addr add 198.18.7.1/24 dev eth0; ip -n ${nsB} addr add 198.18.7.2/24 dev eth0
       for n in ${nsA} ${nsB}; do ip -n $n link set lo up; ip -n $n link set eth0 up; done`,
    );
    a = inNamespace(host, nsA, "node a");
    b = inNamespace(host, nsB, "node b");
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-capture-test-"));
    options = { folder, snaplen: 256, bufferKiB: 4096, maxPackets: 10_000 };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  after(async () => {
    assert.deepEqual(await scope.close(), []);
  });

  const both = (): CaptureTarget[] => [
    { node: "a", executor: a, devices: ["eth0"] },
    { node: "b", executor: b, devices: ["eth0"] },
  ];

  it("sees on both nodes exactly what ping sent, both ways, from the first packet on", async () => {
    const files = await captured(both(), options, scope, () => a.run(ping(20)));
    for (const file of files) {
      assert.deepEqual(file.doubts, []);
      assert.deepEqual(await echoesOn(file, "eth0"), { request: 20, reply: 20 });
      assert.equal(file.droppedByKernel, 0);
    }
    assert.deepEqual((await readdir(folder)).filter((name) => !name.startsWith(".")).sort(), ["a.pcap", "b.pcap"]);
  });

  it("records nothing of devices that are no taps, where nothing else is asked", async () => {
    await a.run([
      "sh",
      "-c",
      "ip link add x0 type veth peer name x1; ip addr add 198.18.9.1/24 dev x0; ip link set x1 up; ip link set x0 up",
    ]);
    const [target] = both();
    assert.ok(target);
    const devicesIn = async (own: CaptureTarget): Promise<ReadonlySet<string | undefined>> => {
      const [file] = await captured([own], options, scope, async () => {
        await a.run(ping(2));
        await a.tryRun(["ping", "-n", "-q", "-c", "1", "-W", "1", "198.18.9.2"]);
      });
      assert.deepEqual(file?.doubts, []);
      const devices = new Set<string | undefined>();
      await readCapture(file.file, {}, ({ interfaceIndex = 0 }) => devices.add(file.interfaces.get(interfaceIndex)));
      return devices;
    };
    assert.deepEqual(await devicesIn({ ...target, tapsOnly: true }), new Set(["eth0", "lo"]));
    assert.ok((await devicesIn(target)).has("x0"));
    await a.run(["ip", "link", "del", "x0"]);
  });

  it("is complete on a node that answers no ping", async () => {
    await a.run(["sh", "-c", "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all"]);
    const [target] = both();
    assert.ok(target);
    const [file] = await captured([target], options, scope, () => a.run(ping(2)));
    await a.run(["sh", "-c", "echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_all"]);
    assert.deepEqual(file?.doubts, []);
  });

  it("doubts a capture that is deaf", async () => {
    const [target] = both();
    assert.ok(target);
    const [file] = await captured([{ ...target, filter: "udp port 9" }], options, scope, () => a.run(ping(2)));
    assert.equal(file?.captured, 0);
    assert.match(file.doubts.join(), /did not see the marker/);
  });

  it("doubts a capture that was full before the end", async () => {
    const files = await captured(both(), { ...options, maxPackets: 5 }, scope, () => a.run(ping(10)));
    for (const { captured: packets, doubts } of files) {
      assert.equal(packets, 5);
      assert.match(doubts.join(), /ended before it was told to/);
      assert.match(doubts.join(), /full after 5 packets/);
    }
  });

  it("tells the packets that the kernel dropped", async () => {
    const [target] = both();
    assert.ok(target);
    const small = { ...options, bufferKiB: 2, snaplen: 262_144, maxPackets: 1_000_000 };
    const flood = ["ping", "-q", "-n", "-f", "-l", "500", "-c", "20000", "-s", "1400", "-w", "3", "198.18.7.2"];
    const [file] = await captured([target], small, scope, () => a.tryRun(flood));
    assert.ok(file && file.droppedByKernel > 0, "a buffer of 2 KiB must overflow");
    assert.match(file.doubts.join(), /the kernel dropped \d+ packets/);
  });

  it("lets two sessions see the same packets", async () => {
    const other = { ...options, folder: join(folder, "other") };
    const first = await startCapture(both(), options, scope);
    const second = await startCapture(both(), other, scope);
    await a.run(ping(3));
    for (const file of [...(await first.stop()), ...(await second.stop())]) {
      assert.deepEqual(await echoesOn(file, "eth0"), { request: 3, reply: 3 });
      assert.deepEqual(file.doubts, []);
    }
  });

  it("names the node where tcpdump is missing, and the way out", async () => {
    const without: Executor = { ...a, spawn: (argv, ...rest) => a.spawn(argv.map(withoutTcpdump), ...rest) };
    await assert.rejects(startCapture([{ node: "a", executor: without, devices: [] }], options, scope), (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /tcpdump is missing on node a/);
      assert.match(error.details.fix ?? "", /Install tcpdump/);
      return true;
    });
  });

  it("refuses a device that the node has not", async () => {
    const target: CaptureTarget = { node: "a", executor: a, devices: ["eth7"] };
    await assert.rejects(startCapture([target], options, scope), /node a has no interface eth7/);
  });

  it("refuses a filter that tcpdump does not understand", async () => {
    const target: CaptureTarget = { node: "a", executor: a, devices: ["eth0"], filter: "no such thing" };
    await assert.rejects(startCapture([target], options, scope), /tcpdump|timeout/);
  });
});

function withoutTcpdump(word: string): string {
  return word === "tcpdump" ? "tcpdump-that-is-missing" : word;
}

function ping(count: number): readonly string[] {
  return ["ping", "-n", "-q", "-c", String(count), "-i", "0.002", "-W", "1", "198.18.7.2"];
}

async function captured(
  targets: readonly CaptureTarget[],
  options: CaptureOptions,
  scope: Scope,
  traffic: () => Promise<unknown>,
): Promise<readonly CaptureFile[]> {
  const session = await startCapture(targets, options, scope);
  await traffic();
  return session.stop();
}

async function echoesOn(file: CaptureFile, device: string): Promise<{ request: number; reply: number }> {
  const count = { request: 0, reply: 0 };
  await readCapture(file.file, {}, (packet) => {
    const icmp = transport(packet);
    if (icmp?.kind !== "icmp" || file.interfaces.get(packet.interfaceIndex ?? 0) !== device) return;
    if (icmp.type === 8) count.request += 1;
    if (icmp.type === 0) count.reply += 1;
  });
  return count;
}
