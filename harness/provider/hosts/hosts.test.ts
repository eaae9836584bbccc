import { skipFor } from "../../core/skip.fixture.ts";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError, type HarnessError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { referenceDataplane } from "../../dataplane/reference/reference-dataplane.ts";
import { modes } from "../../encap/mode.ts";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { netnsProvider } from "../netns/index.ts";
import type { ProviderContext } from "../context.ts";
import { providerContract } from "../provider.contract.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Provider } from "../provider.ts";
import { startMachines, type ExistingMachines } from "./existing-machines.fixture.ts";
import { hostExecutor } from "./host-executor.ts";
import { hostsProvider, type HostsOptions } from "./index.ts";
import type { InventoryHost } from "./inventory.ts";

describe("hosts provider", function () {
  this.timeout(120_000);
  const scope = new Scope();
  let plan: Plan;
  let machines: ExistingMachines;

  before(async function () {
    plan = planTopology(await loadTopology("two-racks"));
    if ((await netnsProvider().check(plan)).length > 0) skipFor(this, "no namespaces here");
    const started = await startMachines(plan, scope);
    if (typeof started === "string") {
      skipFor(this, `install the package ${started}`);
    }
    machines = started;
  });
  after(async () => {
    assert.deepEqual(await scope.close(), []);
  });

  const providerOn = (change: Partial<HostsOptions> = {}, context: ProviderContext = {}): Provider =>
    hostsProvider(context, { inventory: machines.inventory, ...machines.options, ...change });

  /** The machines with something different about one of them. */
  const withHost = (name: string, change: Partial<InventoryHost>): Pick<HostsOptions, "inventory"> => {
    const { source, hosts } = machines.inventory;
    return { inventory: { source, hosts: hosts.map((host) => (host.name === name ? { ...host, ...change } : host)) } };
  };

  /** Takes the machines by a process that then dies. */
  const orphan = async (of: Plan): Promise<string> => {
    const runId = newRunId();
    await withScope(async (inner) => {
      const owner = await localExecutor().spawn(["sh", "-c", "echo $$; exec sleep 60"], inner);
      const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
      await providerOn({}, { ownerPid }).provision(of, runId, new Scope());
    });
    return runId;
  };

  const withLab = (body: (lab: Lab, scope: Scope, provider: Provider) => Promise<void>): Promise<void> =>
    withScope(async (inner) => {
      const provider = providerOn();
      await body(await provider.provision(plan, newRunId(), inner), inner, provider);
    });

  describe("contract", () => {
    // A host carries one lab at a time: see the test that refuses the second.
    providerContract(() => Promise.resolve({ provider: providerOn(), orphan }), { labsAtOnce: "one" });
  });

  describe("what it changes", () => {
    it("is undone with the lab, each setting to what it was on that host", async () => {
      const a1 = machines.inside("a1").executor;
      await a1.run(["sh", "-c", "cd /proc/sys/net/ipv4; echo 2 >conf/eth0/rp_filter; echo 777 >icmp_ratelimit"]);
      const before = await stateOf(machines);
      await withLab(async () => {
        assert.equal((await a1.run(["cat", "/proc/sys/net/ipv4/icmp_ratelimit"])).stdout, "0\n");
        assert.equal((await a1.run(["cat", "/proc/sys/net/ipv4/conf/eth0/rp_filter"])).stdout, "0\n");
      });
      assert.deepEqual(await stateOf(machines), before);
    });

    it("is undone by destroy after its owner was killed, with all that a dataplane had put there", async () => {
      const before = await stateOf(machines);
      const runId = newRunId();
      await withScope(async (inner) => {
        const file = join(machines.folder, "inventory.json");
        await writeFile(file, JSON.stringify(machines.inventory));
        const builder = join(import.meta.dirname, "take-machines.fixture.ts");
        const argv = ["node", "--import", "tsx", builder, file, machines.prefix, runId];
        const owner = await localExecutor().spawn(argv, inner);
        const pid = Number(/\d+/.exec(await owner.waitForLine(/^owner \d+$/, 30_000))?.[0]);
        await owner.waitForLine(/^ready$/, 90_000);
        process.kill(pid, "SIGKILL");
        await owner.finished;
      });
      const provider = providerOn();
      const ref = (await provider.discover()).find((found) => found.runId === runId);
      assert.equal(ref?.state, "stale");
      assert.ok(ref.parts.includes("a1:/run/encaplab/lab.json"));
      assert.equal(ref.parts.filter((part) => /^a1: namespace eh.*-a1-p[12]$/.test(part)).length, 2);
      await provider.destroy(ref);
      assert.deepEqual(await provider.discover(), []);
      assert.deepEqual(await stateOf(machines), before);
    });
  });

  // To take machines is what takes long: these take them once.
  describe("while a lab has them", () => {
    const inner = new Scope();
    let lab: Lab;
    before(async () => {
      lab = await providerOn().provision(plan, newRunId(), inner);
    });
    after(async () => {
      assert.deepEqual(await inner.close(), []);
    });

    it("refuses a second one with the name of the first", async () => {
      const problems = await providerOn().check(plan);
      assert.equal(problems.length, machines.inventory.hosts.length);
      assert.match(
        problems[0]?.what ?? "",
        new RegExp(`^tor is in use by lab ${lab.runId} \\(as tor, process \\d+ on `),
      );
      await assert.rejects(
        withScope((second) => providerOn().provision(plan, newRunId(), second)),
        (error: HarnessError) => {
          assert.match(error.details.tail ?? "", new RegExp(`in use by lab ${lab.runId}`));
          return true;
        },
      );
    });

    it("tells of hosts that do not answer, and still finds what the others know", async () => {
      const notices: string[] = [];
      const halfDown = providerOn({ ...withHost("b2", { port: 2222 }), onNotice: (text) => notices.push(text) });
      const ref = (await halfDown.discover()).find((found) => found.runId === lab.runId);
      assert.equal(ref?.state, "running");
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? "", /^b2 does not answer .*; leftovers of labs there are unknown$/);
    });

    it("carries the reference dataplane, mode by mode, with pods that reach each other", async () => {
      for (const mode of modes.filter(({ id }) => id.startsWith("vxlan"))) {
        await withScope(async (installed) => {
          assert.deepEqual(await referenceDataplane.missing(mode, lab), []);
          const { pods, convergence } = await referenceDataplane.install(mode, lab, installed);
          assert.equal(pods.length, 8);
          assert.match(convergence.steps.at(-1)?.step ?? "", /^ping over \d+ pairs/);
        });
      }
    });

    it("tells of a connection that is lost in the middle of a command, which does not outlive it", async () => {
      const [a1] = lab.nodes;
      assert.ok(a1 !== undefined);
      const running = await a1.executor.spawn(["sleep", "77"], inner);
      await assert.rejects(a1.executor.run(["sh", "-c", "kill -s KILL $PPID; sleep 5"]));
      await assert.rejects(running.finished, (error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, /^sleep did not end: the ssh connection was lost/);
        assert.match(error.details.where ?? "", /^node a1 \(root@198\.18\.1\.11\)$/);
        assert.match(error.details.fix ?? "", /see whether a1 is up/);
        return true;
      });
      assert.doesNotMatch((await a1.executor.run(["ps", "-eo", "args"])).stdout, /^sleep 77$/m);
    });

    it("is undone on the hosts that answer when one does not, which is an error", async () => {
      const halfDown = providerOn({ ...withHost("b2", { port: 2222 }), onNotice: () => undefined });
      const ref = (await halfDown.discover()).find((found) => found.runId === lab.runId);
      assert.ok(ref !== undefined);
      await assert.rejects(halfDown.destroy(ref), LabError);
    });
  });

  it("says for IPIP what the hosts' kernel lacks", async () => {
    const provider = providerOn();
    assert.deepEqual(await provider.check(plan), []);
    const local = netnsProvider();
    await local.check(plan);
    assert.deepEqual([...provider.capabilities].sort(), [...local.capabilities].sort());
  });

  describe("errors", () => {
    const only = async (change: Partial<HostsOptions>): Promise<{ what: string; fix: string }> => {
      const problems = await providerOn(change).check(plan);
      assert.equal(problems.length, 1, JSON.stringify(problems));
      const [problem] = problems;
      assert.ok(problem !== undefined);
      return problem;
    };

    it("tell of a wrong key, a wrong host key and a host that is down, all at once", async () => {
      const { source, hosts } = machines.inventory;
      const changes: Readonly<Record<string, Partial<InventoryHost>>> = {
        a1: { key: join(machines.folder, "stranger") },
        a2: { hostKey: `SHA256:${"A".repeat(43)}` },
        b1: { port: 2222 },
        b2: { key: join(machines.folder, "nothing") },
      };
      const changed = hosts.map((host) => ({ ...host, ...changes[host.name] }));
      const problems = await providerOn({ inventory: { source, hosts: changed } }).check(plan);
      const of = (name: string) => problems.find(({ what }) => new RegExp(`\\b${name}\\b`).test(what));
      const [a1, a2, b1, b2] = ["a1", "a2", "b1", "b2"].map(of);
      assert.equal(problems.length, 4);
      assert.match(a1?.what ?? "", /^a1 rejects root with the key .*stranger \(/);
      assert.match(a1?.fix ?? "", /authorized_keys on a1, or correct hosts\.a1\.key/);
      assert.match(
        a2?.what ?? "",
        /^the host key of a2 does not match: 198\.18\.1\.12 presented SHA256:\S+ \(ssh-ed25519\)/,
      );
      assert.match(a2?.fix ?? "", /if a2 was reinstalled, update hosts\.a2\.hostKey/);
      assert.match(b1?.what ?? "", /^b1 does not answer at 198\.18\.2\.11 port 2222 \(.*refused/);
      assert.match(b1?.fix ?? "", /start it and its ssh server.*ssh -p 2222 root@198\.18\.2\.11/);
      assert.match(b2?.what ?? "", /^b2: the key file .*nothing cannot be read/);
    });

    it("tell an unknown host key, which may be accepted, from a known one that has changed, which may not", async () => {
      const host = machines.inventory.hosts.find(({ name }) => name === "a1");
      assert.ok(host !== undefined);
      const { hostKey: shown, ...unpinned } = host;
      const hosts = machines.inventory.hosts.map((each) => (each.name === "a1" ? unpinned : each));
      const inventory = { source: "hosts.yaml", hosts };
      const { what, fix } = await only({ inventory });
      assert.ok(what.startsWith(`the host key of a1 is not known: 198.18.1.11 presented ${shown ?? ""}`));
      assert.ok(fix.includes(`hostKey: ${shown ?? ""}`) && fix.includes("--accept-new-host-keys"));
      assert.deepEqual(await providerOn({ inventory, acceptNewHostKeys: true }).check(plan), []);
      const other = join(machines.folder, "other_known_hosts");
      await writeFile(other, `198.18.1.11 ssh-ed25519 ${Buffer.from("other").toString("base64")}\n`);
      const changed = await only({ inventory, acceptNewHostKeys: true, knownHosts: [other] });
      assert.match(changed.what, /^the host key of a1 does not match/);
    });

    it("tell of every disagreement between a host and its topology", async () => {
      const b2 = machines.inside("b2").executor;
      await b2.run(["ip", "link", "set", "eth0", "mtu", "1400"]);
      const rack = withHost("a2", { subnet: "rack-b", role: "router" });
      const problems = (await providerOn(rack).check(plan)).map(({ what }) => what);
      await b2.run(["ip", "link", "set", "eth0", "mtu", "1500"]);
      assert.deepEqual(problems, [
        "hosts.yaml: a2 is a router here and a node in the topology",
        "hosts.yaml: a2 is in subnet rack-b here and in rack-a in the topology",
        "eth0 of b2 has an MTU of 1400 bytes, and subnet rack-b one of 1500",
      ]);
    });

    it("tell of hosts that are routed otherwise than the topology says, or not reached", async () => {
      const a1 = machines.inside("a1").executor;
      await a1.run(["ip", "route", "add", "198.18.2.11/32", "via", "198.18.1.12"]);
      const misrouted = (await providerOn().check(plan)).map(({ what }) => what);
      await a1.run(["ip", "route", "replace", "blackhole", "198.18.2.11/32"]);
      const lost = await providerOn().check(plan);
      await a1.run(["ip", "route", "del", "blackhole", "198.18.2.11/32"]);
      const by = "by 198.18.1.12 on eth0, not by 198.18.1.1 on eth0, as in the topology";
      assert.deepEqual(misrouted, [`a1 reaches b1 (198.18.2.11) ${by}`]);
      assert.deepEqual(lost, [
        {
          what: "a1 has no route to b1 (198.18.2.11)",
          fix: "on a1: ip route add 198.18.2.11 via 198.18.1.1 dev eth0",
        },
        {
          what: "b1 does not reach a1 (198.18.1.11) over eth0",
          fix: "on b1: ping 198.18.1.11; check that the return path goes through the topology's routers, and that no firewall drops it",
        },
      ]);
    });
  });

  /** Everything that a lab could have changed, on every machine. */
  const stateOf = async ({ inventory, options }: ExistingMachines): Promise<readonly string[]> => {
    // /run/netns is the empty mount point that ip(8) makes at its first namespace; the namespaces are listed.
    const script = `ip -br link; ip -4 route; ip -6 route | sort; nft list tables; ip netns list
ls -A /run /tmp | grep -v -e 'encaplab-none\\.' -e '^netns$'; ps -eo args | grep '^sleep' || true
cd /proc/sys/net; grep -r '' ipv4/ip_forward ipv4/icmp_* ipv4/conf ipv6/conf 2>/dev/null | grep -v stable_secret`;
    return Promise.all(
      inventory.hosts.map(async (host) => {
        const executor: Executor = hostExecutor(host, options);
        return `${host.name}\n${(await executor.run(["sh", "-c", script])).stdout}`;
      }),
    );
  };
});
