import assert from "node:assert/strict";
import { parse } from "yaml";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import { clusterName, contextName, nodeContainer, runOfCluster } from "./kind-names.ts";
import { planProblems } from "./plan-problems.ts";
import { renderConfig } from "./render-config.ts";

const runId = "7f3kq";

async function planOf(topology: string, families?: readonly Family[]): Promise<Plan> {
  return planTopology(await loadTopology(topology), families);
}

describe("configuration of a kind cluster", () => {
  it("has a node per planned node, the first the control plane, with its rack, and no CNI", async () => {
    const config: unknown = parse(renderConfig(await planOf("two-racks"), runId));
    assert.deepEqual(config, {
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      name: "encaplab-kind-7f3kq",
      networking: {
        disableDefaultCNI: true,
        ipFamily: "ipv4",
        podSubnet: "198.19.0.0/17",
        serviceSubnet: "198.19.192.0/18",
      },
      nodes: [
        { role: "control-plane", labels: { "encaplab/node": "a1", "encaplab/rack": "rack-a" } },
        { role: "worker", labels: { "encaplab/node": "a2", "encaplab/rack": "rack-a" } },
        { role: "worker", labels: { "encaplab/node": "b1", "encaplab/rack": "rack-b" } },
        { role: "worker", labels: { "encaplab/node": "b2", "encaplab/rack": "rack-b" } },
      ],
    });
  });

  it("has both families' pools and services where the plan has both", async () => {
    const config = parse(renderConfig(await planOf("dual-stack"), runId)) as { networking: unknown };
    assert.deepEqual(config.networking, {
      disableDefaultCNI: true,
      ipFamily: "dual",
      podSubnet: "198.19.0.0/17,fd00:10:19::/48",
      serviceSubnet: "198.19.192.0/18,fd00:10:20::/112",
    });
  });

  it("leaves the other family out where only one is asked for", async () => {
    const config = parse(renderConfig(await planOf("dual-stack", [6]), runId)) as { networking: { ipFamily: string } };
    assert.equal(config.networking.ipFamily, "ipv6");
  });

  it("takes the node image, kube-proxy's mode and a mirror from the options", async () => {
    const options = { nodeImage: "kindest/node:v1.34.3", proxyMode: "nftables", mirrored: true } as const;
    const config = parse(renderConfig(await planOf("two-racks"), runId, options)) as {
      networking: { kubeProxyMode?: string };
      containerdConfigPatches?: readonly string[];
      nodes: readonly { image?: string }[];
    };
    assert.equal(config.networking.kubeProxyMode, "nftables");
    assert.deepEqual(
      config.nodes.map(({ image }) => image),
      Array.from({ length: 4 }, () => "kindest/node:v1.34.3"),
    );
    assert.match(config.containerdConfigPatches?.[0] ?? "", /config_path = "\/etc\/containerd\/certs\.d"/);
  });
});

describe("names of a kind lab", () => {
  it("are those that kind gives its nodes", () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => nodeContainer(runId, index)),
      ["control-plane", "worker", "worker2", "worker3"].map((role) => `encaplab-kind-7f3kq-${role}`),
    );
    assert.equal(contextName(runId), "kind-encaplab-kind-7f3kq");
  });

  it("tell our clusters from others", () => {
    assert.equal(runOfCluster(clusterName(runId)), runId);
    for (const other of [
      "kind",
      "lab",
      "encaplab-kind",
      "encaplab-kind-7f3kqa",
      "encaplab-kind-7f3kq222",
      "my-encaplab-kind-7f3kq",
    ]) {
      assert.equal(runOfCluster(other), undefined, other);
    }
  });
});

describe("plans that kind cannot build", () => {
  it("are none of the topologies that have the racks' own prefixes", async () => {
    for (const name of ["two-racks", "dual-stack", "three-racks"]) {
      assert.deepEqual(planProblems(await planOf(name)), [], name);
    }
  });

  it("are those whose pool has no room for a network per node, or whose services Kubernetes does not take", async () => {
    const plan = await planOf("two-racks");
    const pools = [{ family: 4, cidr: "198.19.0.0/23", blockSize: 26 }] as const;
    const small = { ...plan, topology: { ...plan.topology, pools, services: { 4: "198.16.0.0/8" } } };
    const [pool, services, ...others] = planProblems(small);
    assert.match(pool?.what ?? "", /cannot carve 4 node networks \(\/24\) out of the pool 198\.19\.0\.0\/23/);
    assert.match(services?.what ?? "", /not accept Services network 198\.16\.0\.0\/8/);
    assert.deepEqual(others, []);
  });

  it("are those whose routers would have to know the pods", async () => {
    const problems = planProblems(await planOf("bgp-fabric"));
    assert.match(problems[0]?.what ?? "", /fabric: bgp/);
  });

  it("are those whose nodes have a prefix of their own", async () => {
    const plan = await planOf("two-racks");
    const nodes = plan.nodes.map((node, index) =>
      index === 2 ? { ...node, uplink: { ...node.uplink, addresses: { 4: "198.18.2.11/16" } } } : node,
    );
    const problems = planProblems({ ...plan, nodes });
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.what ?? "", /^node b1 has 198\.18\.2\.11\/16 in rack rack-b \(198\.18\.2\.0\/24\)/);
  });
});
