import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { modes } from "../../encap/mode.ts";
import { scriptedExecutor } from "../../exec/scripted.ts";
import { discoverTopology } from "../../kubernetes/discover-topology.ts";
import { itemsOf } from "../../kubernetes/access.ts";
import type { Workloads } from "../../kubernetes/deploy-workloads.ts";
import { clusterNode } from "../../kubernetes/node-object.ts";
import { recordedPool as pool } from "../../kubernetes/recorded-pool.fixture.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { hostDevice, identitiesFrom, type AffinityObject } from "./identities.ts";

const here = import.meta.dirname;
const data = join(here, "..", "..", "kubernetes", "testdata");

const workloads: Workloads = {
  pods: [
    {
      pod: "lab-worker-p1",
      node: "lab-worker",
      objectName: "w2-p1",
      addresses: ["192.168.120.129"],
      executor: scriptedExecutor([]),
      enter: () => [],
    },
  ],
  services: [{ backend: "lab-worker-p1", clusterIps: ["10.96.4.7"], port: 80, targetPort: 8080 }],
};

async function identities(id: string) {
  const json = await readFile(join(data, "manifest-nodes.json"), "utf8");
  const nodes = (itemsOf(json, "c") as readonly Parameters<typeof clusterNode>[0][]).map(clusterNode);
  const blocks = await readFile(join(here, "testdata", "manifest-blockaffinities.json"), "utf8");
  const affinities = itemsOf(blocks, "c") as readonly AffinityObject[];
  const plan = planTopology(discoverTopology("lab", nodes, [pool]));
  const mode = modes.find((candidate) => candidate.id === id);
  assert.ok(mode !== undefined);
  return identitiesFrom(plan, mode, { nodes, affinities, workloads, namespace: "encaplab-7f3kq", nodeNames: {} });
}

describe("identitiesFrom", () => {
  it("takes addresses, blocks and tunnels from what a recorded cluster says", async () => {
    const { nodes, strangers } = await identities("vxlan-cross-subnet");
    assert.deepEqual(
      nodes.map(({ name, addresses, blocks, tunnelAddresses }) => [
        name,
        addresses[4],
        blocks[4],
        tunnelAddresses["vxlan.calico"],
      ]),
      [
        ["lab-control-plane", "10.10.1.11", ["192.168.180.128/26"], "192.168.180.128"],
        ["lab-worker", "10.10.1.12", ["192.168.120.128/26"], "192.168.120.128"],
        ["lab-worker2", "10.10.2.11", ["192.168.16.128/26"], "192.168.16.128"],
        ["lab-worker3", "10.10.2.12", ["192.168.73.192/26"], "192.168.73.192"],
      ],
    );
    assert.equal(strangers, true);
  });

  it("gives no tunnel address in a mode without a tunnel, nor that of the other encapsulation", async () => {
    for (const mode of ["none", "ipip-always"]) {
      const { nodes } = await identities(mode);
      assert.ok(nodes.every(({ tunnelAddresses }) => Object.keys(tunnelAddresses).length === 0));
    }
  });

  it("names pods and services as the plan does", async () => {
    const { pods, services } = await identities("vxlan-always");
    assert.deepEqual(pods, [
      {
        name: "lab-worker-p1",
        node: "lab-worker",
        addresses: { 4: "192.168.120.129" },
        hostDevice: hostDevice("encaplab-7f3kq", "w2-p1"),
      },
    ]);
    assert.deepEqual(services, [
      { name: "lab-worker-p1", backend: "lab-worker-p1", clusterIps: { 4: "10.96.4.7" }, port: 80, targetPort: 8080 },
    ]);
  });
});

describe("hostDevice", () => {
  it("is the device that recorded pods had on their nodes", () => {
    // The recording's pods and its `ip route` on lab-control-plane and lab-worker.
    assert.equal(hostDevice("kube-system", "coredns-66bc5c9577-25b9c"), "cali0a01f877dbd");
    assert.equal(hostDevice("default", "probe-ggwpk"), "cali2cd99dde6f0");
  });
});
