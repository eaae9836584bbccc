import { skipFor } from "../../core/skip.fixture.ts";
import assert from "node:assert/strict";
import { LabError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { Scope, withScope } from "../../core/scope.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { providerContract } from "../provider.contract.ts";
import { makeKeys } from "./guest-keys.ts";
import { createVmProvider } from "./index.ts";

const host = localExecutor();

/** Machines are slow to come up where they are emulated; the first lab also downloads a kernel. */
const slowMs = 300_000;

async function orphanLab(plan: Plan): Promise<string> {
  const runId = newRunId();
  await withScope(async (scope) => {
    const owner = await host.spawn(["sh", "-c", "echo $$; exec sleep 120"], scope);
    const ownerPid = Number(await owner.waitForLine(/^\d+$/, 5_000));
    await createVmProvider({ ownerPid }).provision(plan, runId, new Scope());
  });
  return runId;
}

describe("vm provider", function () {
  this.timeout(slowMs);

  providerContract(async (context) => {
    const problems = await createVmProvider().check(planTopology(await loadTopology("two-racks")));
    if (problems.length > 0) skipFor(context, problems.map(({ what }) => what).join("; "));
    return { provider: createVmProvider(), orphan: orphanLab };
  });
});

describe("labs of machines", function () {
  this.timeout(slowMs);
  let plan: Plan;

  before(async function () {
    const problems = await createVmProvider().check(planTopology(await loadTopology("two-racks")));
    if (problems.length > 0) skipFor(this, problems.map(({ what }) => what).join("; "));
    plan = planTopology(await loadTopology("two-racks"));
  });

  it("have guests that can do all that the provider claims, and differ in what must not be equal", async () => {
    const provider = createVmProvider();
    await withScope(async (scope) => {
      const { nodes } = await provider.provision(plan, newRunId(), scope);
      const [first, ...others] = nodes;
      assert.ok(first !== undefined);
      const { stdout } = await first.executor.run(["sh", "-s"], { input: claims });
      assert.deepEqual(new Set(stdout.trim().split("\n")), provider.capabilities);
      const states = await Promise.all(
        [first, ...others].map(({ executor }) =>
          executor.run(["sh", "-c", "hostname; head -c 16 /dev/urandom | xxd -p; cat /etc/ssh/host_key | md5sum"]),
        ),
      );
      const lines = states.map((state) => state.stdout.split("\n"));
      for (const line of [0, 1, 2]) assert.equal(new Set(lines.map((each) => each[line])).size, nodes.length);
    });
  });

  it("pass IPIP between racks, and the router sees protocol 4", async () => {
    await withScope(async (scope) => {
      const lab = await createVmProvider().provision(plan, newRunId(), scope);
      const node = (name: string) => lab.nodes.find((each) => each.name === name)?.executor ?? assert.fail(name);
      const tunnel = (name: string, own: string, remote: string, via: string) =>
        node(name).run([
          "sh",
          "-ec",
          `ip link add tunl0 type ipip 2>/dev/null || ip link set tunl0 up; ip addr add ${own}/32 dev tunl0; ip link set tunl0 up; ip route add ${remote} via ${via} dev tunl0 onlink`,
        ]);
      await tunnel("a1", "198.19.1.1", "198.19.2.1", "198.18.2.11");
      await tunnel("b1", "198.19.2.1", "198.19.1.1", "198.18.1.11");
      const router = lab.routers[0]?.executor ?? assert.fail("no router");
      const seen = await router.spawn(["tcpdump", "-i", "any", "-nl", "--immediate-mode", "ip proto 4"], scope);
      await seen.waitForLine(/listening on/, 10_000);
      await node("a1").run(["ping", "-c", "2", "-i", "0.2", "-I", "198.19.1.1", "198.19.2.1"]);
      const { stdout } = await seen.stop();
      assert.match(stdout, /198\.18\.1\.11 > 198\.18\.2\.11: IP 198\.19\.1\.1 > 198\.19\.2\.1: ICMP echo request/);
      assert.match(stdout, /198\.18\.2\.11 > 198\.18\.1\.11: IP 198\.19\.2\.1 > 198\.19\.1\.1: ICMP echo reply/);
    });
  });

  it("are refused when a guest's keys are not those that the lab gave it", async () => {
    const two = planTopology(await loadTopology("one-rack"));
    await withScope(async (scope) => {
      const provider = createVmProvider();
      const { runId, nodes } = await provider.provision(two, newRunId(), scope);
      const [first, second] = nodes;
      assert.ok(first !== undefined && second !== undefined);
      const stranger = makeKeys(["x"]).hosts.x?.secret ?? "";
      await first.executor.run(["sh", "-c", "cat >/etc/ssh/host_key"], { input: stranger });
      await second.executor.run(["sh", "-c", "echo >/etc/ssh/authorized_keys"]);
      const again = await provider.attach({ runId, provider: "vm", parts: [], state: "running" }, two);
      const refusal = async (index: number): Promise<string> => {
        const error: unknown = await again.nodes[index]?.executor.run(["true"]).catch((reason: unknown) => reason);
        assert.ok(error instanceof LabError, String(error));
        assert.match(error.details.fix ?? "", new RegExp(`down ${runId}`));
        return error.message;
      };
      assert.equal(await refusal(0), `the host key of ${first.name} is not the one that the lab gave it`);
      assert.equal(await refusal(1), `${second.name} rejects the lab's key`);
    });
  });

  it("show the panic of a guest that is lost in mid-capture, and are torn down all the same", async () => {
    const runId = newRunId();
    await withScope(async (scope) => {
      const { nodes } = await createVmProvider().provision(plan, runId, scope);
      const [node] = nodes;
      assert.ok(node !== undefined);
      const capture = await node.executor.spawn(["tcpdump", "-i", "any", "-w", "/tmp/x.pcap"], new Scope());
      await capture.waitForLine(/listening/, 10_000);
      await node.executor
        .tryRun(["sh", "-c", "echo c >/proc/sysrq-trigger"], { timeoutMs: 20_000 })
        .catch(() => undefined);
      await assert.rejects(capture.finished, (error) => {
        assert.ok(error instanceof LabError);
        assert.match(error.message, /tcpdump did not end: the ssh connection was lost/);
        assert.match(error.details.where ?? "", /node a1/);
        assert.match(error.details.tail ?? "", /sysrq triggered crash/);
        return true;
      });
    });
    assert.deepEqual(
      (await createVmProvider().discover()).filter((ref) => ref.runId === runId),
      [],
    );
  });
});

/** Prints the name of each capability whose trial succeeds. */
const claims = `exec 2>/dev/null
ip link add tv4 type vxlan id 4096 dstport 4789 local 127.0.0.1 nolearning && echo vxlan
ip -6 addr add fd00::1/128 dev lo || { echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6 && ip addr add fd00::1/128 dev lo; }
[ -e /proc/net/if_inet6 ] && echo ipv6
ip link add tv6 type vxlan id 4096 dstport 4790 local ::1 nolearning && echo vxlan6
ip link add ti type ipip local 127.0.0.1 remote 127.0.0.2 && echo ipip
ip link add tw type wireguard && echo wireguard
ip link add tt type veth peer name tp && ip link add link tt name tt.1 type vlan id 1 && echo vlan
nft add table inet trial && echo nftables
tc qdisc add dev lo root netem delay 1ms && echo netem
tc qdisc replace dev lo root tbf rate 10mbit burst 64kb latency 1s && echo tbf
true
`;
