import assert from "node:assert/strict";
import { modes, poolsMode } from "../../encap/mode.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { configurationsFor, poolsFor, resourcesFor, type CalicoResource } from "./resources.ts";
import { resourceKey } from "./datastore.ts";

const planOf = async (name: string): Promise<Plan> => planTopology(await loadTopology(name));

describe("Calico's resources", () => {
  it("say each mode as a user would, in the words of an IPPool", async () => {
    const plan = await planOf("two-racks");
    const said = modes.map((mode) => {
      const [pool] = poolsFor(plan, mode);
      return [mode.id, pool?.spec.ipipMode, pool?.spec.vxlanMode];
    });
    assert.deepEqual(said, [
      ["none", "Never", "Never"],
      ["ipip-always", "Always", "Never"],
      ["ipip-cross-subnet", "CrossSubnet", "Never"],
      ["vxlan-always", "Never", "Always"],
      ["vxlan-cross-subnet", "Never", "CrossSubnet"],
    ]);
  });

  it("have one pool per family in use, and never IPIP for IPv6, which Calico refuses", async () => {
    const plan = await planOf("dual-stack");
    for (const mode of modes) {
      const pools = poolsFor(plan, mode);
      assert.deepEqual(
        pools.map(({ metadata }) => metadata.name),
        ["default-ipv4-ippool", "default-ipv6-ippool"],
      );
      assert.equal(pools[1]?.spec.ipipMode, "Never");
    }
    assert.equal(poolsFor(planTopology(await loadTopology("dual-stack"), [4]), modes[0] ?? assert.fail()).length, 1);
  });

  it("let exactly one program make the routes where it is declared which, beside what else the topology asks of BGP", async () => {
    const spoken = (plan: Plan): readonly unknown[] => configurationsFor(plan).map(({ kind, spec }) => [kind, spec]);
    const { topology } = await planOf("two-racks");
    assert.deepEqual(spoken(planTopology(topology)), []);
    assert.deepEqual(spoken(planTopology({ ...topology, routeOwner: "felix" })), [
      ["FelixConfiguration", { programClusterRoutes: "Enabled" }],
      ["BGPConfiguration", { programClusterRoutes: "Disabled" }],
    ]);
    const reflected = (await planOf("reflectors")).topology;
    assert.deepEqual(spoken(planTopology({ ...reflected, routeOwner: "bird" })), [
      ["FelixConfiguration", { programClusterRoutes: "Disabled" }],
      ["BGPConfiguration", { nodeToNodeMeshEnabled: false, asNumber: 64512, programClusterRoutes: "Enabled" }],
    ]);
  });

  it("put each node into the AS of its rack, and its peering with the router too", async () => {
    const resources = resourcesFor(await planOf("as-per-rack"), modes[0] ?? assert.fail());
    const of = (kind: string): readonly unknown[] =>
      resources.filter((one) => one.kind === kind).map(({ metadata, spec }) => [metadata.name, spec]);
    assert.deepEqual(of("Node").slice(0, 3), [
      ["a1", { bgp: { asNumber: 65001 } }],
      ["a2", { bgp: { asNumber: 65001 } }],
      ["b1", { bgp: { asNumber: 65002 } }],
    ]);
    assert.deepEqual(of("BGPConfiguration"), [["default", { nodeToNodeMeshEnabled: false, asNumber: 64512 }]]);
    assert.deepEqual(of("BGPPeer")[2], ["b1-tor-b-ipv4", { node: "b1", peerIP: "198.18.2.1", asNumber: 65002 }]);
  });

  it("ask for WireGuard in each family, and spare nodes that take no part", async () => {
    const spoken = (plan: Plan): readonly unknown[] =>
      configurationsFor(plan).map(({ metadata, spec }) => [metadata.name, spec]);
    const plan = await planOf("wireguard");
    assert.deepEqual(spoken(plan), [
      ["default", { wireguardEnabled: true }],
      ["node.b2", { wireguardEnabled: false }],
    ]);
    const both = (await planOf("dual-stack")).topology;
    assert.deepEqual(spoken(planTopology({ ...both, wireguard: true })), [
      ["default", { wireguardEnabled: true, wireguardEnabledV6: true }],
    ]);
  });

  it("say the VNI and the tunnels' MTU where they are declared, that of IPv6 where it is used", async () => {
    const spec = (plan: Plan): unknown => configurationsFor(plan).map((resource) => resource.spec)[0];
    const four = (await planOf("two-racks")).topology;
    assert.deepEqual(spec(planTopology({ ...four, vni: 4097 })), { vxlanVNI: 4097 });
    assert.deepEqual(spec(planTopology({ ...four, tunnelMtu: 1350 })), { vxlanMTU: 1350, ipipMTU: 1350 });
    const both = (await planOf("dual-stack")).topology;
    assert.deepEqual(spec(planTopology({ ...both, tunnelMtu: 1330 })), {
      ...{ vxlanMTU: 1330, vxlanMTUV6: 1330, ipipMTU: 1330 },
    });
  });

  it("give each of several pools its policy, and the nodes that take from it by a label", async () => {
    const resources = resourcesFor(await planOf("mixed-pools"), modes[4] ?? assert.fail());
    const pools = resources.filter(({ kind }) => kind === "IPPool").map(({ metadata, spec }) => [metadata.name, spec]);
    const base = { blockSize: 26, ipipMode: "Never", allowedUses: ["Workload", "Tunnel"] };
    assert.deepEqual(pools, [
      [
        "default-ipv4-ippool",
        {
          ...base,
          ...{ cidr: "198.19.0.0/18", vxlanMode: "CrossSubnet", natOutgoing: true },
          nodeSelector: "encaplab-node in { 'a1' }",
        },
      ],
      [
        "ipv4-ippool-2",
        {
          ...base,
          ...{ cidr: "198.19.64.0/18", vxlanMode: "Always", natOutgoing: false },
          nodeSelector: "encaplab-node in { 'a2', 'b1', 'b2' }",
        },
      ],
    ]);
    const nodes = resources
      .filter(({ kind }) => kind === "Node")
      .map(({ metadata }) => metadata.labels?.["encaplab-node"]);
    assert.deepEqual(nodes, ["a1", "a2", "b1", "b2"]);
  });

  it("put each pool into the mode that it says, open to the tunnels of all nodes where only pods name it", async () => {
    const pools = poolsFor(await planOf("mixed-encapsulations"), poolsMode).map(({ spec }) => spec);
    assert.deepEqual(
      pools.map(({ vxlanMode, ipipMode, nodeSelector, natOutgoing }) => [
        vxlanMode,
        ipipMode,
        nodeSelector,
        natOutgoing,
      ]),
      [
        ["CrossSubnet", "Never", "all()", true],
        ["Never", "Never", "all()", false],
      ],
    );
  });

  it("admit everybody to the pods", async () => {
    const profile = resourcesFor(await planOf("two-racks"), modes[0] ?? assert.fail()).find(
      ({ kind }) => kind === "Profile",
    );
    assert.deepEqual(profile?.spec.ingress, [{ action: "Allow" }]);
  });

  it("peer every node with the routers of its own subnet, in a fabric of BGP only", async () => {
    const mode = modes[0] ?? assert.fail();
    const peers = (plan: Plan): readonly unknown[] =>
      resourcesFor(plan, mode).flatMap(({ kind, spec }) => (kind === "BGPPeer" ? [[spec.node, spec.peerIP]] : []));
    assert.deepEqual(peers(await planOf("two-racks")), []);
    assert.deepEqual(peers(await planOf("bgp-fabric")), [
      ["a1", "198.18.1.1"],
      ["a2", "198.18.1.1"],
      ["b1", "198.18.2.1"],
      ["b2", "198.18.2.1"],
    ]);
  });

  it("put reflectors in the place of the mesh where a topology names some", async () => {
    const mode = modes[0] ?? assert.fail();
    const bgp = resourcesFor(await planOf("reflectors"), mode).filter(({ spec }) => spec.node === undefined);
    const named = (kind: string): readonly unknown[] => bgp.filter((each) => each.kind === kind);
    assert.deepEqual(
      named("Node").map((each) => (each as CalicoResource).metadata),
      ["a1", "b1"].map((name) => ({ name, labels: { "route-reflector": "true" } })),
    );
    assert.deepEqual((named("BGPConfiguration")[0] as CalicoResource).spec.nodeToNodeMeshEnabled, false);
    assert.deepEqual((named("BGPPeer")[0] as CalicoResource).spec, {
      nodeSelector: "all()",
      peerSelector: "route-reflector == 'true'",
    });
    assert.ok(!resourcesFor(await planOf("bgp-fabric"), mode).some(({ kind }) => kind === "BGPConfiguration"));
  });

  it("are kept where Calico looks for them", () => {
    const start = "/calico/resources/v3/projectcalico.org";
    assert.equal(resourceKey("IPPool", "p"), `${start}/ippools/p`);
    assert.equal(resourceKey("BGPPeer", "p"), `${start}/bgppeers/p`);
    assert.equal(resourceKey("GlobalNetworkPolicy", "p"), `${start}/globalnetworkpolicies/p`);
  });
});
