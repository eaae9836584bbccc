import assert from "node:assert/strict";
import { LabError } from "../../core/errors.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { planOf } from "./build-cluster.ts";
import { connectNodes, readLegs } from "./node-legs.ts";
import { legScript, noteDefaultScript } from "./render-legs.ts";

const runId = "7f3kq";

/** What a node of kind answered after its rack leg was connected (kind 0.33, Docker 20.10), without what is not read. */
function ipAddr(address: string): string {
  return JSON.stringify([
    { ifname: "lo", address: "00:00:00:00:00:00", addr_info: [{ local: "127.0.0.1", prefixlen: 8, scope: "host" }] },
    {
      ifname: "eth0",
      address: "02:42:ac:1e:00:03",
      addr_info: [{ local: "172.30.0.3", prefixlen: 24, scope: "global" }],
    },
    {
      ifname: "vxlan.calico",
      address: "66:d4:e1:1c:22:17",
      addr_info: [{ local: "198.19.0.64", prefixlen: 32, scope: "global" }],
    },
    { ifname: "eth1", address: "02:42:c6:12:01:0c", addr_info: [{ local: address, prefixlen: 24, scope: "global" }] },
  ]);
}

describe("rack legs of kind nodes", () => {
  let plan: Plan;

  before(async () => {
    plan = planTopology(await loadTopology("two-racks"));
  });

  const inNode = (index: number): string =>
    `docker exec --interactive encaplab-kind-7f3kq-${index === 0 ? "control-plane" : `worker${index === 1 ? "" : index}`} sh -s`;
  const addressOf = (index: number): string => plan.nodes[index]?.uplink.addresses[4]?.split("/")[0] ?? "";

  it("are connected by address, in the node's own rack, after its default route has been noted", async () => {
    const host = scriptedExecutor(
      plan.nodes.flatMap((node, index) => [
        { command: inNode(index), input: noteDefaultScript(plan), always: true },
        {
          command: `docker network connect --ip ${addressOf(index)} rack-7f3kq-${node.uplink.segment} encaplab-kind-7f3kq-${["control-plane", "worker", "worker2", "worker3"][index] ?? ""}`,
          always: true,
        },
        { command: inNode(index), input: legScript(plan, node), stdout: ipAddr(addressOf(index)), always: true },
      ]),
    );
    const legs = await connectNodes(plan, runId, host);
    assert.equal(host.asked.length, 3 * plan.nodes.length);
    assert.deepEqual(legs.get("b2"), { name: "eth1", mac: "02:42:c6:12:01:0c", otherAddresses: ["172.30.0.3/24"] });
    const real = planOf(plan, legs);
    assert.deepEqual(
      real.nodes.map(({ uplink }) => uplink.device),
      plan.nodes.map(() => "eth1"),
    );
    // A node answers its own pods from there, so it is no wrong source.
    assert.deepEqual(real.nodes[3]?.otherAddresses, ["172.30.0.3/24"]);
    assert.deepEqual(real.routers, plan.routers);
    assert.equal(real.digest, plan.digest);
  });

  it("that a restart has taken are told by the node's name, with the way out", async () => {
    const answers = plan.nodes.map((_, index) => ({
      command: inNode(index),
      stdout: ipAddr(index === 1 ? "10.0.0.1" : addressOf(index)),
      always: true,
    }));
    await assert.rejects(readLegs(plan, runId, scriptedExecutor(answers)), (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /no interface has 198\.18\.1\.12/);
      assert.match(error.details.where ?? "", /^node a2 \(container encaplab-kind-7f3kq-worker\)$/);
      assert.match(error.details.fix ?? "", /restart/);
      return true;
    });
  });

  it("of a node that has ended are told as that", async () => {
    const stderr = "Error response from daemon: Container 4f is not running\n";
    const host = scriptedExecutor([{ command: /^docker exec/, exitCode: 1, stderr, always: true }]);
    await assert.rejects(readLegs(plan, runId, host), /the node's container has ended/);
  });

  describe("in a namespace", () => {
    let host: Executor;
    let node: PlannedNode;

    before(function () {
      if (process.platform !== "linux" || process.getuid?.() !== 0)
        skipFor(this, "creating network namespaces requires root");
      host = localExecutor();
      const [first] = plan.nodes;
      assert.ok(first !== undefined);
      node = first;
    });

    /** A node as kind makes it, with a rack leg as Docker makes it, and what `during` does to it on the way. */
    const setUp = async (during: string, more = ""): ReturnType<Executor["tryRun"]> =>
      host.tryRun(["unshare", "--net", "--mount", "sh", "-s"], {
        input: `set -e
mount -t tmpfs none /run
ip link add eth0 type veth peer name far0
ip link add eth7 type veth peer name far7
ip addr add 172.30.0.3/24 dev eth0
for device in eth0 far0 far7; do ip link set $device up; done
ip route add default via 172.30.0.1 dev eth0
${noteDefaultScript(plan)}
ip addr add 198.18.1.11/24 dev eth7
ip link set eth7 up
${during}
sh -s >/run/answer <<'END' || { cat /run/answer; exit 1; }
${legScript(plan, node)}
END
ip -j route
${more}
`,
      });

    interface RouteRow {
      readonly dst: string;
      readonly gateway?: string;
      readonly dev: string;
    }
    const routesOf = (stdout: string): readonly string[] =>
      (JSON.parse(stdout) as readonly RouteRow[])
        .map(({ dst, gateway = "link", dev }) => `${dst} ${gateway} ${dev}`)
        .sort();
    const expected = [
      "172.30.0.0/24 link eth0",
      "198.18.1.0/24 link eth7",
      "198.18.2.0/24 198.18.1.1 eth7",
      "default 172.30.0.1 eth0",
    ];

    it("carry the routes to the other racks, whatever they are called, and nothing else", async () => {
      const { stdout, stderr } = await setUp("");
      assert.equal(stderr, "");
      assert.deepEqual(routesOf(stdout), expected);
    });

    it("give the default route back that Docker has moved to them", async () => {
      const { stdout } = await setUp("ip route replace default via 198.18.1.254 dev eth7");
      assert.deepEqual(routesOf(stdout), expected);
    });

    it("that do not exist are named, with the step", async () => {
      const { exitCode, stdout } = await setUp("ip addr del 198.18.1.11/24 dev eth7");
      assert.equal(exitCode, 1);
      assert.equal(stdout, "failed Docker made no interface with 198.18.1.11 for rack-a\n");
    });

    it("get the rack's MTU", async () => {
      node = { ...node, uplink: { ...node.uplink, mtu: 1400 } };
      const { stdout } = await setUp("", "cat /sys/class/net/eth7/mtu 2>/dev/null || true; ip -o link show eth7");
      assert.match(stdout, /eth7@far7: .* mtu 1400 /);
    });
  });
});
