import assert from "node:assert/strict";
import { newRunId } from "../core/run-id.ts";
import { Scope, withScope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { referenceDataplane } from "../dataplane/reference/reference-dataplane.ts";
import { modes, type ModeId } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import { netnsProvider } from "../provider/netns/index.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Fault } from "./fault.ts";
import { faults } from "./registry.ts";
import { skipFor } from "../core/skip.fixture.ts";

const provider = netnsProvider();

/** What a fault must have done to the kernel, in one mode of two-racks; a1 is the culprit, a2 near, b1 far. */
interface Effect {
  readonly fault: string;
  readonly mode: ModeId;
  readonly node: string;
  readonly command: string;
  readonly shows: RegExp;
  /** Whether a1-p1 still reaches a2-p1 and b1-p1. */
  readonly near: boolean;
  readonly far: boolean;
}

const effects: readonly Effect[] = [
  {
    fault: "slash-32-node-address",
    mode: "vxlan-cross-subnet",
    node: "a1",
    command: "ip route show 198.19.0.64/26",
    shows: /^198\.19\.0\.64\/26 via 198\.19\.0\.64 dev vxlan\.calico onlink mtu 1450 $/m,
    near: true,
    far: true,
  },
  {
    fault: "stale-tunnel-route",
    mode: "vxlan-cross-subnet",
    node: "a2",
    command: "ip route show 198.19.0.0/26",
    shows: /^198\.19\.0\.0\/26 via 198\.19\.0\.0 dev vxlan\.calico onlink mtu 1450 $/m,
    near: true,
    far: true,
  },
  {
    fault: "stale-direct-route",
    mode: "vxlan-cross-subnet",
    node: "a1",
    command: "ip route show 198.19.0.128/26",
    shows: /^198\.19\.0\.128\/26 via 198\.18\.2\.11 dev eth0 proto 80 onlink $/m,
    near: true,
    far: false,
  },
  {
    fault: "plain-leak",
    mode: "vxlan-cross-subnet",
    node: "a1",
    command: "ip route show 198.19.0.128/26",
    shows: /^198\.19\.0\.128\/26 via 198\.18\.1\.1 dev eth0 $/m,
    near: true,
    far: false,
  },
  {
    fault: "drop-4789-at-router",
    mode: "vxlan-always",
    node: "tor",
    command: "nft list table inet encaplab-fault",
    shows: /udp dport 4789 drop/,
    near: true,
    far: false,
  },
  {
    fault: "source-check",
    mode: "vxlan-cross-subnet",
    node: "a2",
    command: "nft list table inet encaplab-fault",
    shows: /iifname "eth0" ip saddr 198\.19\.0\.0\/17 drop/,
    near: false,
    far: true,
  },
  {
    fault: "small-mtu-underlay",
    mode: "vxlan-always",
    node: "tor",
    command: "nft list table inet encaplab-fault",
    shows: /ip length > 1400 drop/,
    near: true,
    far: true,
  },
  {
    fault: "wrong-vni",
    mode: "vxlan-always",
    node: "b1",
    command: "ip -d link show vxlan.calico; ip route; bridge fdb show dev vxlan.calico",
    shows: /vxlan id 4097 local 198\.18\.2\.11 .*nolearning[^]*198\.19\.0\.0\/26 via 198\.19\.0\.0 dev vxlan\.calico/,
    near: true,
    far: true,
  },
  {
    fault: "wrong-outer-source",
    mode: "vxlan-always",
    node: "a1",
    command: "ip -d link show vxlan.calico",
    shows: /vxlan id 4096 local 198\.18\.1\.254 /,
    near: true,
    far: true,
  },
  {
    fault: "stale-fdb",
    mode: "vxlan-always",
    node: "a1",
    command: "bridge fdb show dev vxlan.calico",
    // Both b1's entry (66:7e…) and a2's own (66:b9…) point to a2 now.
    shows: /66:7e:83:ca:2a:65 dst 198\.18\.1\.12 self permanent/,
    near: true,
    far: false,
  },
  {
    fault: "vtep-mac-drift",
    mode: "vxlan-always",
    node: "b1",
    command: "ip neigh show dev vxlan.calico; bridge fdb show dev vxlan.calico",
    shows: /198\.19\.0\.0 lladdr 6a:00:00:00:00:01 PERMANENT[^]*6a:00:00:00:00:01 dst 198\.18\.1\.11 self permanent/,
    near: true,
    far: true,
  },
  {
    fault: "learning-vtep",
    mode: "vxlan-always",
    node: "a1",
    command: "ip -d link show vxlan.calico",
    shows: /vxlan id 4096 (?!.*nolearning)/,
    near: true,
    far: true,
  },
  {
    fault: "snat-pod-to-pod",
    mode: "vxlan-cross-subnet",
    node: "a1",
    command: "nft list table inet encaplab-fault",
    shows: /ip saddr 198\.19\.0\.0\/17 ip daddr 198\.19\.0\.0\/17 masquerade/,
    near: true,
    far: true,
  },
  {
    fault: "no-tunnel-masquerade",
    mode: "vxlan-cross-subnet",
    node: "a1",
    command: "nft list table inet encaplab-fault",
    shows: /oifname "vxlan\.calico" ip saddr 198\.18\.1\.11 snat ip to 198\.18\.1\.11/,
    near: true,
    far: true,
  },
  {
    fault: "missing-blackhole",
    mode: "none",
    node: "a1",
    command: "ip route; echo end",
    shows: /^(?![^]*blackhole)[^]*end$/m,
    near: true,
    far: false,
  },
  {
    fault: "foreign-route",
    mode: "none",
    node: "a1",
    command: "ip route show 198.19.0.64/26",
    shows: /^198\.19\.0\.64\/26 via 198\.18\.1\.12 dev eth0 proto static onlink $/m,
    near: true,
    far: false,
  },
];

describe("faults in the kernel", function () {
  this.timeout(60_000);

  before(async function () {
    const problems = await provider.check(planTopology(await loadTopology("two-racks")));
    if (problems.length > 0) skipFor(this, problems.map(({ what }) => what).join("; "));
  });

  for (const mode of modes.filter(({ id }) => effects.some((effect) => effect.mode === id))) {
    describe(mode.id, () => {
      const lab = new Scope();
      let network: Network;
      let healthy: readonly unknown[];
      before(async () => {
        network = await networkIn(mode.id, lab);
        healthy = await kernelOf(network);
      });
      after(async () => {
        assert.deepEqual(await lab.close(), []);
      });

      for (const { fault: name, node, command, shows, near, far } of effects.filter((it) => it.mode === mode.id)) {
        it(`${name} does what it says, and its undo leaves the network as it was`, async () => {
          await withScope(async (scope) => {
            const fault = faultNamed(name);
            assert.ok(fault.modes.includes(mode.id));
            const effect = await fault.apply(network, network.lab.plan, scope);
            assert.ok(effect.did.length > 0);
            const { stdout } = await executorOf(network.lab, node).run(["sh", "-c", command]);
            assert.match(stdout, shows);
            assert.deepEqual([await reaches(network, "a2-p1"), await reaches(network, "b1-p1")], [near, far]);
          });
          assert.deepEqual(await kernelOf(network), healthy);
        });
      }

      if (mode.id === "vxlan-always") quantities(() => network);
    });
  }
});

/** What no single look at the kernel shows: how many packets of which size get through. */
function quantities(network: () => Network): void {
  it("lossy-router loses every tenth packet across racks and none within", async () => {
    await withScope(async (scope) => {
      await faultNamed("lossy-router").apply(network(), network().lab.plan, scope);
      assert.equal(await answers(network(), "a2-p1", 20), 20);
      // Of 20 requests two are lost, and of the replies two or one, depending on where the counter stands.
      const across = await answers(network(), "b1-p1", 20);
      assert.ok(across >= 15 && across <= 17, String(across));
    });
  });

  it("small-mtu-underlay swallows full packets across racks and passes smaller ones", async () => {
    await withScope(async (scope) => {
      await faultNamed("small-mtu-underlay").apply(network(), network().lab.plan, scope);
      const dontFragment = (size: string): readonly string[] => ["-M", "do", "-s", size];
      assert.equal(await answers(network(), "b1-p1", 1, dontFragment("1422")), 0);
      assert.equal(await answers(network(), "b1-p1", 1, dontFragment("1322")), 1);
      assert.equal(await answers(network(), "a2-p1", 1, dontFragment("1422")), 1);
    });
  });

  it("deaf-tap names the router and touches nothing", async () => {
    await withScope(async (scope) => {
      const before = await kernelOf(network());
      const effect = await faultNamed("deaf-tap").apply(network(), network().lab.plan, scope);
      assert.deepEqual(effect, { did: [], deafen: ["tor"] });
      assert.deepEqual(await kernelOf(network()), before);
    });
  });
}

async function networkIn(id: ModeId, scope: Scope): Promise<Network> {
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode);
  const lab = await provider.provision(planTopology(await loadTopology("two-racks")), newRunId(), scope);
  return referenceDataplane.install(mode, lab, scope);
}

function faultNamed(name: string): Fault {
  const fault = faults.find((candidate) => candidate.name === name);
  assert.ok(fault, name);
  return fault;
}

async function reaches(network: Network, target: string): Promise<boolean> {
  return (await answers(network, target, 1)) === 1;
}

/** Echo replies that pod a1-p1 gets from another pod. */
async function answers(
  network: Network,
  target: string,
  count: number,
  options: readonly string[] = [],
): Promise<number> {
  const sender = network.pods.find(({ name }) => name === "a1-p1");
  const address = network.identities.pods.find(({ name }) => name === target)?.addresses[4] ?? "";
  assert.ok(sender);
  const argv = ["ping", "-n", "-c", String(count), "-i", "0.01", "-W", "0.3", ...options, address];
  const { stdout } = await sender.executor.tryRun(argv);
  return Number(/(\d+) received/.exec(stdout)?.[1]);
}

function executorOf(lab: Lab, name: string): Lab["nodes"][number]["executor"] {
  const node = [...lab.nodes, ...lab.routers].find((candidate) => candidate.name === name);
  assert.ok(node);
  return node.executor;
}

/** Kernel state in a comparable order, without what traffic leaves behind, and the tables of rules by name. */
async function kernelOf(network: Network): Promise<readonly unknown[]> {
  const { nodes } = await referenceDataplane.facts(network);
  const places = [...network.lab.nodes, ...network.lab.routers];
  const tables = await Promise.all(
    places.map(async ({ executor }) => (await executor.run(["nft", "list", "tables"])).stdout),
  );
  return [...nodes.map(comparable), ...tables];
}

function comparable({ node, routes, links, fdb, neighbors }: NodeFacts): unknown {
  const sorted = (list: readonly unknown[]): readonly string[] => list.map((entry) => JSON.stringify(entry)).toSorted();
  const permanent = neighbors.filter(({ state }) => state === "PERMANENT");
  return { node, routes: sorted(routes), links: sorted(links), fdb: sorted(fdb), neighbors: sorted(permanent) };
}
