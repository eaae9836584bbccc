import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { planTopology } from "../../topology/make-plan.ts";
import { itemsOf } from "../../kubernetes/access.ts";
import { recordedPool as pool } from "../../kubernetes/recorded-pool.fixture.ts";
import { clusterNode, type ClusterNode } from "../../kubernetes/node-object.ts";
import { checkNodes } from "./check-nodes.ts";
import { discoverTopology, lonelyNodes } from "../../kubernetes/discover-topology.ts";

async function recordedNodes(): Promise<readonly ClusterNode[]> {
  const folder = join(import.meta.dirname, "..", "..", "kubernetes", "testdata");
  const json = await readFile(join(folder, "manifest-nodes.json"), "utf8");
  return (itemsOf(json, "c") as readonly Parameters<typeof clusterNode>[0][]).map(clusterNode);
}

describe("discoverTopology", () => {
  it("gives each pool its own mode where they are in different ones", async () => {
    const other = { ...pool, name: "other", cidr: "10.80.0.0/20", vxlanMode: "Always", natOutgoing: false };
    const off = { ...pool, name: "off", cidr: "10.90.0.0/20", disabled: true };
    const topology = discoverTopology("kind-lab", await recordedNodes(), [pool, other, off]);
    assert.deepEqual(
      topology.pools.map(({ cidr, encapsulation, natOutgoing, disabled }) => [
        cidr,
        encapsulation,
        natOutgoing,
        disabled,
      ]),
      [
        ["192.168.0.0/16", "VXLANCrossSubnet", undefined, undefined],
        ["10.80.0.0/20", "VXLAN", false, undefined],
        ["10.90.0.0/20", "VXLANCrossSubnet", undefined, true],
      ],
    );
    assert.equal(planTopology(topology).nodes.length, 4);
  });

  it("makes a subnet of each network in which Calico has registered nodes", async () => {
    const topology = discoverTopology("kind-lab", await recordedNodes(), [pool]);
    assert.deepEqual(
      topology.subnets.map(({ name, cidrs }) => [name, cidrs[4]]),
      [
        ["net-10-10-1-0-24", "10.10.1.0/24"],
        ["net-10-10-2-0-24", "10.10.2.0/24"],
      ],
    );
    assert.deepEqual(
      topology.nodes.map(({ name, subnet, registered }) => [name, subnet, registered[4]]),
      [
        ["lab-control-plane", "net-10-10-1-0-24", "10.10.1.11/24"],
        ["lab-worker", "net-10-10-1-0-24", "10.10.1.12/24"],
        ["lab-worker2", "net-10-10-2-0-24", "10.10.2.11/24"],
        ["lab-worker3", "net-10-10-2-0-24", "10.10.2.12/24"],
      ],
    );
    assert.equal(topology.source, "cluster:kind-lab");
    assert.deepEqual(topology.families, [4]);
    const plan = planTopology(topology);
    assert.equal(plan.nodes.length, 4);
    assert.equal(plan.routers.length, 1);
  });

  it("puts a node that is registered as /32 into the network of its neighbors", async () => {
    const nodes = await recordedNodes();
    const narrow = nodes.map((node) =>
      node.name === "lab-worker" ? { ...node, registered: { 4: "10.10.1.12/32" } } : node,
    );
    const { subnets, nodes: found } = discoverTopology("c", narrow, [pool]);
    assert.equal(subnets.length, 2);
    const worker = found.find(({ name }) => name === "lab-worker");
    assert.deepEqual([worker?.subnet, worker?.registered[4]], ["net-10-10-1-0-24", "10.10.1.12/24"]);
  });

  it("puts no router into a cluster on one network", async () => {
    const nodes = (await recordedNodes()).slice(0, 2);
    const topology = discoverTopology("c", nodes, [pool]);
    assert.deepEqual(topology.routers, []);
    assert.equal(topology.subnets.length, 1);
  });

  it("counts a family only where every node and a pool have it", async () => {
    const nodes = (await recordedNodes()).map((node) => ({
      ...node,
      registered: { ...node.registered, 6: "fd00::1/64" },
    }));
    assert.deepEqual(discoverTopology("c", nodes, [pool]).families, [4]);
    const six = { ...pool, name: "six", family: 6, cidr: "fd00:10:244::/64", blockSize: 122 } as const;
    assert.deepEqual(discoverTopology("c", nodes, [pool, six]).families, [4, 6]);
  });

  it("names nodes for which Calico has registered nothing", async () => {
    const [first, ...others] = await recordedNodes();
    assert.ok(first !== undefined);
    assert.throws(
      () => discoverTopology("c", [{ ...first, registered: {} }, ...others], [pool]),
      /no address for lab-control-plane/,
    );
    assert.throws(() => discoverTopology("c", [], [pool]), /has no node/);
  });

  it("tells of nodes that are registered alone", async () => {
    const [first] = await recordedNodes();
    assert.ok(first !== undefined);
    assert.deepEqual(lonelyNodes([first]), []);
    assert.deepEqual(lonelyNodes([{ ...first, registered: { 4: "10.10.1.11/32" } }]), [
      "lab-control-plane is registered as 10.10.1.11/32",
    ]);
  });
});

describe("checkNodes", () => {
  it("finds nothing wrong with the nodes that a plan was discovered from", async () => {
    const nodes = await recordedNodes();
    assert.deepEqual(checkNodes(planTopology(discoverTopology("c", nodes, [pool])), nodes), []);
  });

  it("tells a node that is not ready, with what its kubelet says", async () => {
    const nodes = await recordedNodes();
    const plan = planTopology(discoverTopology("c", nodes, [pool]));
    const down = nodes.map((node) =>
      node.name === "lab-worker"
        ? { ...node, ready: false, notReadyBecause: "Kubelet stopped posting node status." }
        : node,
    );
    const [problem, ...others] = checkNodes(plan, down);
    assert.deepEqual(others, []);
    assert.match(problem?.what ?? "", /lab-worker is not ready: Kubelet stopped posting/);
    assert.match(problem?.fix ?? "", /--topology/);
  });

  it("tells a node that is not there, and an address that is registered otherwise", async () => {
    const nodes = await recordedNodes();
    const plan = planTopology(discoverTopology("c", nodes, [pool]));
    assert.match(checkNodes(plan, nodes.slice(1))[0]?.what ?? "", /no node lab-control-plane/);
    const moved = nodes.map((node) =>
      node.name === "lab-worker" ? { ...node, registered: { 4: "172.19.0.4/16" } } : node,
    );
    assert.match(checkNodes(plan, moved)[0]?.what ?? "", /registered 172\.19\.0\.4\/16 for node lab-worker/);
  });
});
