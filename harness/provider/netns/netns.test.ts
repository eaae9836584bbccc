import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "../../core/poll.ts";
import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import type { LabRef } from "../../lab/lab.ts";
import { providerContract } from "../provider.contract.ts";
import { machineProblems, namespaceProblem } from "./check.ts";
import { netnsProvider } from "./index.ts";
import { labNamespaces, labProcesses } from "../../lab/leftovers.ts";
import { fabricNamespace, memberNamespace, parseNamespace } from "../../lab/lab-id.ts";
import { labIdOf, ownerLives } from "../../lab/owner.ts";
import { buildLab } from "../../underlay/build-lab.ts";
import { renderLab } from "../../underlay/render-lab.ts";
import { explainWalk, planWalks } from "../../underlay/walk.ts";
import { skipFor } from "../../core/skip.fixture.ts";

const host = localExecutor();

async function skipWithoutNamespaces(context: Mocha.Context, plan: Plan): Promise<void> {
  const problems = await netnsProvider().check(plan);
  if (problems.length > 0) skipFor(context, problems.map(({ what }) => what).join("; "));
}

/** Builds a lab whose owner is a process that then dies. */
async function orphanLab(plan: Plan): Promise<string> {
  const runId = newRunId();
  await withScope(async (scope) => {
    const owner = await host.spawn(["sh", "-c", "echo $$; exec sleep 60"], scope);
    const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
    await netnsProvider({ ownerPid }).provision(plan, runId, new Scope());
  });
  return runId;
}

describe("netns provider", () => {
  providerContract(async (context) => {
    const plan = planTopology(await loadTopology("two-racks"));
    await skipWithoutNamespaces(context, plan);
    return { provider: netnsProvider(), orphan: orphanLab };
  });
});

describe("netns labs", () => {
  let plan: Plan;

  before(async function () {
    plan = planTopology(await loadTopology("two-racks"));
    await skipWithoutNamespaces(this, plan);
  });

  it("builds every topology that is shipped, in all its families", async () => {
    for (const name of ["one-rack", "three-racks", "dual-stack", "wide-prefix", "static-fabric"]) {
      const each = planTopology(await loadTopology(name));
      await withScope(async (scope) => {
        const lab = await netnsProvider().provision(each, newRunId(), scope);
        assert.equal(lab.nodes.length, each.nodes.length);
      });
    }
  });

  it("gives devices the planned MTU, MAC and addresses, and the same kernel settings on every host", async () => {
    await withScope(async (scope) => {
      const { nodes } = await netnsProvider().provision(plan, newRunId(), scope);
      const [node] = nodes;
      const uplink = plan.nodes[0]?.uplink;
      assert.ok(node !== undefined && uplink !== undefined);
      const { stdout } = await node.executor.run(["ip", "-j", "addr", "show", uplink.device]);
      const [link] = JSON.parse(stdout) as {
        mtu: number;
        address: string;
        addr_info: { local: string; prefixlen: number }[];
      }[];
      assert.equal(link?.mtu, uplink.mtu);
      assert.equal(link.address, uplink.mac);
      assert.deepEqual(
        link.addr_info.map((info) => `${info.local}/${info.prefixlen}`),
        [uplink.addresses[4]],
      );
      const keys = ["net.ipv4.ip_forward", "net.ipv4.conf.eth0.rp_filter", "net.ipv4.icmp_ratelimit"];
      assert.equal((await node.executor.run(["sysctl", "-n", ...keys])).stdout, "1\n0\n0\n");
    });
  });

  it("leaves no process and no temporary folder when it destroys a lab", async () => {
    const runId = newRunId();
    await withScope(async (scope) => {
      const provider = netnsProvider();
      const lab = await provider.provision(plan, runId, scope);
      const folder = await mkdtemp(join(tmpdir(), `encaplab-${runId}.${process.pid}.`));
      const [node] = lab.nodes;
      assert.ok(node !== undefined);
      await node.executor.run(["sh", "-c", "setsid sleep 300 >/dev/null 2>&1 &"]);
      const marked = localExecutor({ env: { ENCAPLAB_RUN: `${runId}:1` } });
      await marked.run(["sh", "-c", "setsid sleep 301 >/dev/null 2>&1 &"]);
      const pod = `${node.namespacePrefix}pod`;
      await node.executor.run(["ip", "netns", "add", pod]);
      // A shell is done before its setsid has become the command.
      const ref = await poll(
        async () => {
          const found = (await provider.discover()).find((each) => each.runId === runId);
          const sleepers = found?.parts.filter((part) => /^process \d+ \(sleep 30[01]\)$/.test(part)) ?? [];
          return found !== undefined && sleepers.length === 2
            ? { done: true, value: found }
            : { done: false, seen: found?.parts.join(", ") ?? "no lab" };
        },
        { what: "two processes of the lab", timeoutMs: 10_000 },
      );
      assert.ok(ref.parts.includes(folder) && ref.parts.includes(pod));
      await provider.destroy(ref);
      assert.equal(existsSync(folder), false);
      assert.deepEqual(await labProcesses(runId, []), []);
      assert.deepEqual(
        (await labNamespaces()).filter((name) => name.runId === runId),
        [],
      );
    });
  });

  it("finds and removes a lab whose owner was killed while it was being built", async () => {
    const runId = newRunId();
    await withScope(async (scope) => {
      const builder = join(import.meta.dirname, "build-lab.fixture.ts");
      const owner = await host.spawn(["node", "--import", "tsx", builder, runId], scope);
      const ownerPid = Number(/\d+/.exec(await owner.waitForLine(/^owner \d+$/, 15_000))?.[0]);
      const seen = (): Promise<LabRef | undefined> =>
        netnsProvider()
          .discover()
          .then((labs) => labs.find((ref) => ref.runId === runId));
      await poll(
        async () =>
          (await labNamespaces()).some((name) => name.runId === runId)
            ? { done: true, value: 0 }
            : { done: false, seen: "nothing" },
        { what: "the first namespace", timeoutMs: 15_000, intervalMs: 1 },
      );
      process.kill(ownerPid, "SIGKILL");
      await owner.finished;
      const ref = await seen();
      assert.equal(ref?.state, "stale");
      await netnsProvider().destroy(ref);
      assert.equal(await seen(), undefined);
      assert.deepEqual(await labProcesses(runId, []), []);
    });
  });

  it("does not take a reused pid for the owner", async () => {
    const runId = newRunId();
    const name = fabricNamespace({ runId, ownerPid: process.pid, ownerStart: "1" });
    await host.run(["ip", "netns", "add", name]);
    try {
      const ref = (await netnsProvider().discover()).find((found) => found.runId === runId);
      assert.equal(ref?.state, "stale");
    } finally {
      await host.run(["ip", "netns", "del", name]);
    }
  });

  it("takes a lab of a dead owner whose label cannot be read for unreadable, not for stale", async () => {
    const runId = newRunId();
    const name = fabricNamespace({ runId, ownerPid: process.pid, ownerStart: "1" });
    await host.run(["ip", "netns", "add", name]);
    const found = async (): Promise<LabRef | undefined> =>
      (await netnsProvider().discover()).find((ref) => ref.runId === runId);
    try {
      await host.run(["ip", "-n", name, "link", "set", "lo", "alias", "x"]);
      assert.equal((await found())?.state, "unreadable");
      await host.run(["ip", "-n", name, "link", "set", "lo", "alias", '{"kept":true}']);
      assert.equal((await found())?.state, "kept");
    } finally {
      await host.run(["ip", "netns", "del", name]);
    }
  });

  it("removes what was built when a step fails, and shows the step's output", async () => {
    const broken: Plan = {
      ...plan,
      nodes: plan.nodes.map((node) => ({
        ...node,
        routes: node.routes.map((route) => ({ ...route, via: "203.0.113.1" })),
      })),
    };
    const runId = newRunId();
    await assert.rejects(
      withScope((scope) => netnsProvider().provision(broken, runId, scope)),
      /could not be set up/,
    );
    assert.deepEqual(
      (await labNamespaces()).filter((name) => name.runId === runId),
      [],
    );
  });

  it("proves that a broken underlay is noticed, before the lab is handed over", async () => {
    const [first, ...others] = plan.nodes;
    assert.ok(first !== undefined);
    const wrong = { ...first, uplink: { ...first.uplink, addresses: { 4: "198.18.1.77/24" } } };
    const id = await labIdOf(newRunId(), process.pid);
    assert.ok(id !== undefined);
    const walks = [{ family: 4 as const, from: others[2] ?? first, to: first }];
    await assert.rejects(
      withScope((scope) => buildLab({ ...plan, nodes: [wrong, ...others] }, id, host, scope, walks)),
      /does not reach a1 .* tor does not reach a1/,
    );
  }).timeout(30_000);

  it("names the hop at which the underlay is broken", async () => {
    await withScope(async (scope) => {
      const { runId, routers, nodes } = await netnsProvider().provision(plan, newRunId(), scope);
      const id = await labIdOf(runId, process.pid);
      const [tor] = routers;
      const [a1] = nodes;
      const [walk] = planWalks(plan);
      assert.ok(id !== undefined && tor !== undefined && a1 !== undefined && walk?.from.name === "a1");
      await tor.executor.run(["sysctl", "-q", "net.ipv4.ip_forward=0"]);
      const router = await explainWalk(walk, plan, id, host);
      assert.match(router.message, /a1 does not reach b1 .* gateway tor answers and reaches b1/);
      await a1.executor.run(["ip", "link", "set", "eth0", "down"]);
      await a1.executor.run(["ip", "route", "replace", "unreachable", "default"]);
      const link = await explainWalk(walk, plan, id, host);
      assert.match(link.message, /gateway tor \(198\.18\.1\.1\) does not answer/);
      assert.match(link.details.tail ?? "", /eth0.*DOWN/);
    });
  });
});

describe("netns names", () => {
  it("can be parsed back, and others' names are none of ours", () => {
    const id = { runId: "7f3kq", ownerPid: 1234, ownerStart: "98765" };
    assert.equal(memberNamespace(id, "a1"), "el7f3kq.1234-a1");
    const parsed = { runId: "7f3kq", ownerPid: 1234 };
    assert.deepEqual(parseNamespace("el7f3kq.1234-a1-p1"), { ...parsed, name: "el7f3kq.1234-a1-p1" });
    assert.deepEqual(parseNamespace(fabricNamespace(id)), {
      ...parsed,
      name: fabricNamespace(id),
      ownerStart: "98765",
    });
    for (const name of [
      "el",
      "elephant",
      "el7f3kq-a1",
      "el7f3kq.1234",
      "el7f3kq.x-a1",
      "cni-12345678",
      "elaeiou.1-a",
    ]) {
      assert.equal(parseNamespace(name), undefined, name);
    }
  });

  it("count a live process as the owner as long as the fabric's name is missing", async () => {
    const name = { name: "x", runId: "7f3kq", ownerPid: process.pid };
    assert.equal(await ownerLives([name]), true);
    assert.equal(await ownerLives([{ ...name, ownerPid: 4_194_305 }]), false);
  });
});

describe("netns rendering", () => {
  it("is deterministic and touches IPv6 only where the plan has it", async () => {
    const id = { runId: "7f3kq", ownerPid: 1, ownerStart: "2" };
    const v4 = renderLab(planTopology(await loadTopology("dual-stack"), [4]), id);
    const dual = renderLab(planTopology(await loadTopology("dual-stack")), id);
    assert.deepEqual(dual, renderLab(planTopology(await loadTopology("dual-stack")), id));
    const text = (lab: typeof v4): string => lab.members.map(({ script }) => script).join("");
    assert.match(text(dual), /addr add fd[^ ]+ dev eth0 nodad/);
    assert.doesNotMatch(text(v4), /addr add fd/);
    assert.match(text(v4), /disable_ipv6 1/);
  });

  it("makes VLANs before their settings, and hands tags to the switch's ports of routers alone", async () => {
    const id = { runId: "7f3kq", ownerPid: 1, ownerStart: "2" };
    const { fabric, members } = renderLab(planTopology(await loadTopology("vlan-uplinks")), id);
    const [router, node] = ["tor", "b1"].map((name) => members.find((member) => member.name === name)?.script ?? "");
    assert.match(
      node ?? "",
      /^ip link add link eth0 name eth0\.102 type vlan id 102$[^]*conf\/eth0\.102\/rp_filter[^]*^link set eth0 up\naddr add 198\.18\.2\.11\/24 dev eth0\.102\nlink set eth0\.102 up$/m,
    );
    assert.doesNotMatch(router ?? "", /vlan/);
    const filters = [...fabric.matchAll(/^tc filter add dev (\S+) (\S+) bpf .* section (\S+)$/gm)];
    assert.deepEqual(
      filters.map(([, ...words]) => words.join(" ")),
      ["tor_eth0 ingress in", "tor_eth0 egress out", "tor_eth1 ingress in", "tor_eth1 egress out"],
    );
  });

  it("walks from every node, and to every rack, however large the lab", async () => {
    const small = planWalks(planTopology(await loadTopology("three-racks")));
    const topology = await loadTopology("two-racks");
    const [first] = topology.nodes;
    assert.ok(first !== undefined);
    const many = Array.from({ length: 100 }, (_, n) => ({
      ...first,
      name: `n${n}`,
      addresses: { 4: `198.18.${1 + (n % 2)}.${10 + n}/24` },
      subnet: topology.subnets[n % 2]?.name ?? "",
    }));
    const large = planWalks(planTopology({ ...topology, nodes: many }));
    assert.equal(new Set(small.map(({ to }) => to.uplink.segment)).size, 3);
    assert.equal(large.length, 100);
    assert.equal(new Set(large.map(({ from }) => from.name)).size, 100);
    assert.equal(new Set(large.map(({ to }) => to.uplink.segment)).size, 2);
  });
});

describe("netns check", () => {
  it("gives one clear problem with the alternatives when not root", async () => {
    const problems = await machineProblems(scriptedExecutor([]), 1000);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.what ?? "", /requires root/);
    assert.match(problems[0]?.fix ?? "", /sudo.*lab -- doctor/);
  });

  it("names missing programs with their package", async () => {
    const fake = scriptedExecutor([{ command: /.*/, always: true }]);
    assert.deepEqual(await machineProblems(fake, 0), []);
    const bare = localExecutor({ env: { PATH: "/nonexistent" } });
    const problems = await machineProblems(bare, 0);
    assert.deepEqual(
      problems.map(({ fix }) => fix),
      ["iproute2", "util-linux", "iputils-ping"].map((name) => `install the package ${name}`),
    );
  });

  it("says what a container lacks", () => {
    const { fix } = namespaceProblem(new Error("mount --make-shared /run/netns failed: Operation not permitted"));
    assert.match(fix, /--privileged/);
  });
});
