import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Problem } from "../../lab/lab.ts";
import { subnetProblems } from "../../underlay/containers/check-subnets.ts";
import { atLeast, engineBlindSpot, findEngine, isEngine } from "../../underlay/containers/engine.ts";
import { explainLoss, pingRacks } from "../../underlay/containers/ping-racks.ts";
import { planRacks, rackNetworkArgv } from "../../underlay/containers/rack-networks.ts";
import { tarArchive } from "../../rootfs/tar.ts";
import type { TreeEntry } from "../../rootfs/root-tree.ts";

const engine = (version: string): { version: string; os: string; arch: string } => ({
  version,
  os: "linux",
  arch: "amd64",
});

async function engineProblem(answer: object): Promise<Problem> {
  const found = await findEngine(scriptedExecutor([{ command: /^docker version/, ...answer }]));
  assert.ok(!isEngine(found), JSON.stringify(found));
  return found;
}

describe("docker engine", () => {
  it("that is not installed, does not answer, is forbidden, too old or no Linux is one problem with its fix", async () => {
    const bare = await findEngine(localExecutor({ env: { PATH: "/nonexistent" } }));
    assert.ok(!isEngine(bare));
    assert.match(bare.what, /not installed/);
    assert.match(bare.fix, /apt-get install docker\.io.*lab -- doctor/);
    const silent = await engineProblem({
      exitCode: 1,
      stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
    });
    assert.match(silent.what, /no Docker engine answers: Cannot connect/);
    assert.match(silent.fix, /systemctl start docker/);
    const stderr = "permission denied while trying to connect to the Docker daemon socket";
    assert.match((await engineProblem({ exitCode: 1, stderr })).fix, /usermod -aG docker/);
    assert.match((await engineProblem({ stdout: "19.3.15 linux amd64\n" })).what, /19\.3\.15 is too old/);
    assert.match((await engineProblem({ stdout: "28.2.2 windows amd64\n" })).what, /windows containers/);
  });

  it("that does not answer hides labs, and one that nobody could ask does not", async () => {
    assert.equal(await engineBlindSpot(localExecutor({ env: { PATH: "/nonexistent" } })), undefined);
    const client = { command: "docker --version", stdout: "Docker version 28.2.2, build e6534b4\n" };
    const version = { command: /^docker version/ };
    const answering = scriptedExecutor([client, { ...version, stdout: "28.2.2 linux amd64\n" }]);
    assert.equal(await engineBlindSpot(answering), undefined);
    const stderr = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n";
    const silent = await engineBlindSpot(scriptedExecutor([client, { ...version, exitCode: 1, stderr }]));
    assert.match(silent?.what ?? "", /no Docker engine answers: Cannot connect/);
  });

  it("has a version that is compared by numbers", () => {
    assert.equal(atLeast(engine("20.10.24+dfsg1"), [20, 10]), true);
    assert.equal(atLeast(engine("28.10.0"), [28, 2]), true);
    assert.equal(atLeast(engine("28.1.1"), [28, 2]), false);
  });
});

describe("docker racks", () => {
  const racks = planRacks("7f3kq", {
    segments: [
      { name: "rack-a", mtu: 1500 },
      { name: "rack-b", mtu: 9000 },
    ],
    subnets: new Map([
      ["rack-a", { 4: "198.18.1.0/24" }],
      ["rack-b", { 4: "198.18.2.0/30", 6: "fd00:2::/64" }],
    ]),
    taken: new Set(["198.18.1.254", "198.18.2.2"]),
  });
  const argvOf = (version: string): string => {
    const [rack] = racks;
    assert.ok(rack !== undefined);
    return rackNetworkArgv(rack, racks, engine(version), {}).join(" ");
  };

  it("give Docker a gateway address that nobody has, and say so when there is none", () => {
    assert.deepEqual(
      racks.map(({ gateways }) => gateways[4]),
      ["198.18.1.253", "198.18.2.1"],
    );
    const full = { segments: [{ name: "r", mtu: 1500 }], subnets: new Map([["r", { 4: "198.18.2.0/30" }]]) };
    const taken = new Set(["198.18.2.1", "198.18.2.2"]);
    assert.throws(() => planRacks("7f3kq", { ...full, taken }), /no address left/);
  });

  it("never mask or isolate, and get around the raw table as each version allows", () => {
    for (const version of ["20.10.24", "28.0.4", "28.2.2", "29.7.2"]) {
      const argv = argvOf(version);
      assert.match(argv, /enable_ip_masquerade=false/);
      assert.doesNotMatch(argv, /--internal/);
      assert.equal(argv.includes("gateway_mode_ipv4=nat-unprotected"), version === "28.0.4", version);
      assert.equal(argv.includes("trusted_host_interfaces=el7f3kq-0:el7f3kq-1"), version !== "28.0.4", version);
    }
  });
});

describe("docker subnets", () => {
  const conflict = async (labels: object | null): Promise<readonly Problem[]> => {
    const network = { Name: "other", Labels: labels, Options: {}, IPAM: { Config: [{ Subnet: "198.18.0.0/23" }] } };
    const host = scriptedExecutor([
      { command: /^docker network ls/, stdout: "id1\n" },
      { command: /^docker network inspect id1/, stdout: JSON.stringify([network]) },
    ]);
    return subnetProblems(host, planTopology(await loadTopology("two-racks")));
  };

  it("that are in use are a problem that names the lab, or the network", async () => {
    const owner = { "encaplab.owner-pid": "42", "encaplab.owner-host": "here" };
    const [lab, ...more] = await conflict({ "encaplab.run": "7f3kq", ...owner });
    assert.match(lab?.what ?? "", /lab 7f3kq \(process 42 on here\) uses the addresses of rack-a/);
    assert.match(lab?.fix ?? "", /lab -- down 7f3kq/);
    assert.deepEqual(more, []);
    const [network] = await conflict(null);
    assert.match(network?.what ?? "", /Docker network other overlaps rack-a/);
  });
});

describe("docker rack pings", () => {
  const node = (stdout: string): ReturnType<typeof scriptedExecutor> =>
    scriptedExecutor([
      { command: /^sh -c 'echo "== 0"/, stdout, always: true },
      { command: /^sh -c 'ip -br/, stdout: "eth0 UP", always: true },
      { command: /^ping .* 198\.18\.1\.1$/, always: true },
    ]);
  const way = (stdout: string, forwards = true): Parameters<typeof explainLoss>[0] => ({
    ...{ from: "a1", to: "b1", address: "198.18.2.11", ttl: 63, executor: node(stdout) },
    gateway: {
      ...{ router: "tor", address: "198.18.1.1" },
      executor: scriptedExecutor([{ command: /^ping/, exitCode: forwards ? 0 : 1, always: true }]),
    },
  });

  it("pass with the planned hops, and name a way around the lab's router", async () => {
    const answer = (ttl: number): string =>
      `== 0\nPING 198.18.2.11\n64 bytes from 198.18.2.11: icmp_seq=1 ttl=${ttl} time=0.2 ms\n`;
    await pingRacks([way(answer(63))], engine("20.10.24"));
    await assert.rejects(pingRacks([way(answer(64))], engine("20.10.24")), /not through the lab's routers: TTL 64/);
  });

  it("name the raw table of Docker 28 and newer, and a firewall before it", async () => {
    const lost = "== 0\nPING 198.18.2.11\n";
    await assert.rejects(
      pingRacks([way(lost)], engine("29.7.2")),
      /Docker 29\.7\.2 drops packets from another bridge to a container in its raw table/,
    );
    await assert.rejects(pingRacks([way(lost)], engine("20.10.24")), /firewall of the engine's machine .*br_netfilter/);
    await assert.rejects(pingRacks([way(lost, false)], engine("20.10.24")), /tor does not reach b1/);
  });
});

describe("tar archives", () => {
  it("are read by tar(1) as they were written", async () => {
    const long = `/${"folder/".repeat(60)}file`;
    const entries: readonly TreeEntry[] = [
      { kind: "folder", path: "/tmp", mode: 0o1777 },
      { kind: "file", path: "/bin/sh", mode: 0o755, content: Buffer.from("x".repeat(513)) },
      { kind: "link", path: "/lib", target: "usr/lib" },
      { kind: "file", path: long, mode: 0o644, content: Buffer.from("y") },
      { kind: "device", path: "/dev/null", mode: 0o666, major: 1, minor: 3 },
    ];
    const input = await bytesOf(tarArchive(entries));
    assert.equal(await bytesOf(tarArchive(entries.toReversed())), input);
    const { stdout } = await localExecutor().run(["tar", "--numeric-owner", "-tvf", "-"], { input });
    const listed = stdout.split("\n").map((line) => line.replaceAll(/\s+/g, " "));
    assert.ok(
      listed.some((line) => line.startsWith("-rwxr-xr-x 0/0 513") && line.endsWith("bin/sh")),
      stdout,
    );
    assert.ok(
      listed.some((line) => line.startsWith("drwxrwxrwt") && line.endsWith("tmp/")),
      stdout,
    );
    assert.ok(
      listed.some((line) => line.endsWith("lib -> usr/lib")),
      stdout,
    );
    assert.ok(stdout.includes(long.slice(1)), stdout);
    assert.ok(
      listed.some((line) => line.startsWith("crw-rw-rw- 0/0 1,3") && line.endsWith("dev/null")),
      stdout,
    );
  });
});

async function bytesOf(archive: Readable): Promise<string> {
  return (await buffer(archive)).toString("latin1");
}
