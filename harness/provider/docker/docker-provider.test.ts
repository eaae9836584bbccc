import assert from "node:assert/strict";
import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { needDocker } from "../../exec/docker/docker-engine.fixture.ts";
import type { CommandResult } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { providerContract } from "../provider.contract.ts";
import { createDockerProvider } from "./index.ts";
import { rackBridge } from "../../underlay/containers/names.ts";

const docker = (...argv: string[]): Promise<CommandResult> => localExecutor().run(["docker", ...argv]);

const planOf = async (name: string): Promise<Plan> => planTopology(await loadTopology(name));

/** Builds a lab whose owner is a process that then dies. */
async function orphanLab(plan: Plan): Promise<string> {
  const runId = newRunId();
  await withScope(async (scope) => {
    const owner = await localExecutor().spawn(["sh", "-c", "echo $$; exec sleep 600"], scope);
    const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
    await createDockerProvider({ ownerPid }).provision(plan, runId, new Scope());
  });
  return runId;
}

describe("docker provider", function () {
  this.timeout(120_000);
  providerContract(
    async (context) => {
      await needDocker(context);
      return { provider: createDockerProvider(), orphan: orphanLab };
    },
    { labsAtOnce: "one" },
  );
});

describe("docker labs", function () {
  this.timeout(180_000);
  before(async function () {
    await needDocker(this);
  });

  it("have what the plan says, in both families and where prefixes are wider than racks", async () => {
    for (const name of ["dual-stack", "wide-prefix"]) {
      const plan = await planOf(name);
      await withScope(async (scope) => {
        const { nodes } = await createDockerProvider().provision(plan, newRunId(), scope);
        const [node] = nodes;
        const uplink = plan.nodes[0]?.uplink;
        assert.ok(node !== undefined && uplink !== undefined);
        const { stdout } = await node.executor.run(["ip", "-j", "addr", "show", uplink.device]);
        const [link] = JSON.parse(stdout) as {
          mtu: number;
          address: string;
          addr_info: { local: string; prefixlen: number; scope: string }[];
        }[];
        assert.deepEqual([link?.mtu, link?.address], [uplink.mtu, uplink.mac]);
        assert.deepEqual(
          link?.addr_info.filter((info) => info.scope === "global").map((info) => `${info.local}/${info.prefixlen}`),
          plan.families.map((family) => uplink.addresses[family]),
        );
        const keys = ["net.ipv4.ip_forward", "net.ipv4.conf.eth0.rp_filter", "net.ipv4.icmp_ratelimit"];
        assert.equal((await node.executor.run(["sysctl", "-n", ...keys])).stdout, "1\n0\n0\n");
      });
    }
  });

  it("name the firewall that drops what the router forwards, and leave nothing behind", async () => {
    const [plan, runId] = [await planOf("two-racks"), newRunId()];
    const provider = createDockerProvider();
    assert.deepEqual(await provider.check(plan), []);
    const { stdout } = await docker("image", "ls", "encaplab-agent", "--format", "{{.Repository}}:{{.Tag}}");
    const image = stdout.split("\n")[0] ?? "";
    // The same place and the same packets as Docker's own raw table since version 28.
    const rule = `nft -f - <<'END'
table ip t${runId} {
  chain c {
    type filter hook prerouting priority -300
    iifname "${rackBridge(runId, 0)}" ip daddr 198.18.2.0/24 drop
  }
}
END`;
    const inEngine = (script: string): Promise<CommandResult> =>
      docker(...["run", "--rm", "--network", "host", "--cap-add", "NET_ADMIN", image, "sh", "-c", script]);
    await inEngine(rule);
    try {
      await assert.rejects(
        withScope((scope) => provider.provision(plan, runId, scope)),
        /does not reach .* over the racks: tor answers and reaches .*, but what it forwards does not arrive/,
      );
    } finally {
      await inEngine(`nft delete table ip t${runId}`);
    }
    assert.equal(
      (await provider.discover()).find((ref) => ref.runId === runId),
      undefined,
    );
  });

  it("say which image is missing, and what an image lacks", async () => {
    const plan = await planOf("two-racks");
    const [gone] = await createDockerProvider({ agentImage: "localhost:1/none:1" }).check(plan);
    assert.match(gone?.what ?? "", /localhost:1\/none:1 is not on this engine and cannot be pulled/);
    const { busyboxImage } = await import("../../exec/docker/docker-image.fixture.ts");
    const bare = await createDockerProvider({ agentImage: await busyboxImage() }).check(plan);
    assert.match(bare[0]?.what ?? "", /lacks .*tcpdump/);
    assert.match(bare[0]?.fix ?? "", /--agent-image/);
  });

  it("build their image once, and keep no more than the one before", async () => {
    const plan = await planOf("two-racks");
    assert.deepEqual(await createDockerProvider().check(plan), []);
    const tags = async (): Promise<readonly string[]> =>
      (await docker("image", "ls", "encaplab-agent", "--format", "{{.Tag}}")).stdout.split("\n").filter(Boolean);
    const [current, ...others] = await tags();
    assert.ok(current !== undefined);
    await docker("image", "rm", ...[current, ...others].map((tag) => `encaplab-agent:${tag}`));
    const { busyboxImage } = await import("../../exec/docker/docker-image.fixture.ts");
    for (const tag of ["old1", "old2", "old3"]) await docker("tag", await busyboxImage(), `encaplab-agent:${tag}`);
    assert.deepEqual(await createDockerProvider().check(plan), []);
    const after = await tags();
    assert.equal(after.length, 2);
    assert.ok(after.includes(current), after.join(" "));
    await docker("image", "rm", ...after.filter((tag) => tag !== current).map((tag) => `encaplab-agent:${tag}`));
  });
});
