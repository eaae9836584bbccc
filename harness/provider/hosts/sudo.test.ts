import { skipFor } from "../../core/skip.fixture.ts";
import assert from "node:assert/strict";
import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { executorContract } from "../../exec/executor.contract.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { netnsProvider } from "../netns/index.ts";
import { startMachines, users, type ExistingMachines } from "./existing-machines.fixture.ts";
import { hostExecutor, type HostExecutor } from "./host-executor.ts";
import { hostsProvider } from "./index.ts";
import type { Inventory } from "./inventory.ts";

describe("hosts whose user is not root", function () {
  this.timeout(120_000);
  const scope = new Scope();
  let plan: Plan;
  let machines: ExistingMachines;

  before(async function () {
    plan = planTopology(await loadTopology("one-rack"));
    if ((await netnsProvider().check(plan)).length > 0) skipFor(this, "no namespaces here");
    const started = await startMachines(plan, scope);
    const missing = typeof started === "string" ? started : started.hasSudo ? undefined : "sudo";
    if (typeof started === "string" || missing !== undefined) {
      skipFor(this, `install the package ${missing ?? ""}`);
    }
    machines = started;
  });
  after(async () => {
    assert.deepEqual(await scope.close(), []);
  });

  const inventoryFor = (user: string, become?: "sudo"): Inventory => ({
    source: "hosts.yaml",
    hosts: machines.inventory.hosts.map((host) => ({ ...host, user, ...(become === undefined ? {} : { become }) })),
  });
  const first = (env: Readonly<Record<string, string>> = {}): HostExecutor => {
    const host = inventoryFor(users.admin, "sudo").hosts.find(({ role }) => role === "node");
    assert.ok(host !== undefined);
    return hostExecutor(host, { ...machines.options, env });
  };

  describe("executor by way of sudo", () => {
    let executor: HostExecutor;
    executorContract(
      () => {
        executor = first();
        return Promise.resolve({ executor, where: "host a1" });
      },
      () => executor.close(),
    );
  });

  it("runs as root, with the run's mark, which sudo would drop", async () => {
    const executor = first({ ENCAPLAB_RUN: "7f3kq:1" });
    try {
      assert.equal((await executor.run(["sh", "-c", 'id -u; echo "$ENCAPLAB_RUN"'])).stdout, "0\n7f3kq:1\n");
    } finally {
      await executor.close();
    }
  });

  it("ends what runs as root when the connection is lost", async () => {
    const executor = first();
    try {
      await withScope(async (inner) => {
        const running = await executor.spawn(["sleep", "78"], inner);
        await executor.close();
        await assert.rejects(running.finished, /ssh connection was lost/);
        // The watcher looks once a second.
        const look = 'for n in 1 2 3 4 5 6; do ps -eo args | grep -q "^sleep 78$" || exit 0; sleep 0.5; done; exit 1';
        assert.equal((await executor.tryRun(["sh", "-c", look])).exitCode, 0);
      });
    } finally {
      await executor.close();
    }
  });

  it("carries a lab, and leaves nothing on the host", async () => {
    const provider = hostsProvider({}, { inventory: inventoryFor(users.admin, "sudo"), ...machines.options });
    assert.deepEqual(await provider.check(plan), []);
    await withScope(async (inner) => {
      const { nodes, runId } = await provider.provision(plan, newRunId(), inner);
      const [node] = nodes;
      assert.ok(node !== undefined);
      const capture = await node.executor.spawn(["tcpdump", "-i", "eth0", "-w", "/tmp/test.pcap"], inner);
      await capture.waitForLine(/listening on/, 10_000);
      const { exitCode, stderr } = await capture.stop();
      assert.equal(exitCode, 0);
      assert.match(stderr, /packets captured/);
      assert.equal((await provider.discover())[0]?.runId, runId);
    });
    assert.deepEqual(await provider.discover(), []);
    const executor = first();
    try {
      assert.equal((await executor.tryRun(["ls", "/run/encaplab/lab.json"])).exitCode, 2);
    } finally {
      await executor.close();
    }
  });

  it("are told how they could be", async () => {
    const problemsFor = async (user: string, become?: "sudo"): Promise<readonly string[]> => {
      const inventory = inventoryFor(user, become);
      const problems = await hostsProvider({}, { inventory, ...machines.options }).check(plan);
      return problems.slice(0, 1).map(({ what, fix }) => `${what} → ${fix}`);
    };
    const [name] = machines.inventory.hosts.map((host) => host.name);
    const asPlain = await problemsFor(users.admin);
    assert.deepEqual(asPlain, [
      `${users.admin} is not root on ${name ?? ""} → put \`become: sudo\` under hosts.${name ?? ""}, or log in as root`,
    ]);
    const [refused] = await problemsFor(users.plain, "sudo");
    assert.match(refused ?? "", /cannot become root with passwordless sudo.* → allow it on that host/);
  });
});
