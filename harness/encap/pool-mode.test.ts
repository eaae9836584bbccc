import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import type { Pool } from "../topology/topology.ts";
import { expectControlPlane } from "./control-plane.ts";
import { describeDirection } from "./describe.ts";
import { enumeratePaths } from "./enumerate.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";
import { expectationOf, modeOf, planOf, planWithPools } from "./plan.fixture.ts";
import { podMtu } from "./tunnel.ts";

const pool = (cidr: string, more: Partial<Pool>): Pool => ({ family: 4, cidr, blockSize: 26, ...more });

describe("pools with modes of their own", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("mixed-encapsulations");
  });

  const both = (of: Plan, id: string): readonly (string | undefined)[] => {
    const { forward, reverse } = expectationOf(of, `pools/${id}`);
    return [describeDirection(forward), reverse && describeDirection(reverse)];
  };

  it("give each packet the form that the pool of its destination asks for", () => {
    // Sources are a1's first pod, a1's second, a2's first; a "-p2" is of the pool without encapsulation.
    assert.deepEqual(both(plan, "pod-to-pod/cross-subnet/v4/a1->b1"), ["VXLAN", "VXLAN"]);
    assert.deepEqual(both(plan, "pod-to-pod/cross-subnet/v4/a1->b1-p2"), ["plain", "VXLAN"]);
    assert.deepEqual(both(plan, "pod-to-pod/cross-subnet/v4/a1->b2"), ["VXLAN", "plain"]);
    assert.deepEqual(both(plan, "pod-to-pod/cross-subnet/v4/a1->b2-p2"), ["plain", "plain"]);
  });

  it("have paths of their own to a node's pods, which tell what their ids call them", () => {
    const paths = enumeratePaths(plan, modeOf("pools"), "quick").filter(({ source }) => source.node === "a1");
    const to = paths.filter(({ traffic, locality }) => traffic === "pod-to-pod" && locality === "cross-subnet");
    assert.deepEqual(
      to.map(({ id, target, targetName }) => [id.split("->")[1], target.pod, targetName]),
      [
        ["b1", "b1-p1", undefined],
        ["b1-p2", "b1-p2", "b1-p2"],
        ["b2", "b2-p1", undefined],
        ["b2-p2", "b2-p2", "b2-p2"],
      ],
    );
  });

  it("put IPIP beside VXLAN: each tunnel has its device and address, pods the smaller MTU", async () => {
    const two = await planWithPools("two-racks", [
      pool("198.19.0.0/18", { encapsulation: "VXLANCrossSubnet" }),
      pool("198.19.64.0/18", { encapsulation: "IPIP", pods: ["a1-p2", "a2-p2", "b1-p2", "b2-p2"] }),
    ]);
    assert.deepEqual(both(two, "pod-to-pod/cross-subnet/v4/a1->b2"), ["VXLAN", "IPIP"]);
    assert.deepEqual(both(two, "pod-to-pod/same-subnet/v4/a1->a2-p2"), ["IPIP", "IPIP"]);
    assert.equal(podMtu(two, modeOf("pools")), 1450);
    const mode = modeOf("pools");
    const [a1] = expectControlPlane(two, mode, identitiesFromAllocation(two, mode));
    assert.deepEqual(
      a1?.tunnels.map(({ device, mtu, address }) => [device, mtu, address]),
      [
        ["tunl0", 1480, "198.19.64.0/32"],
        ["vxlan.calico", 1450, "198.19.0.0/32"],
      ],
    );
    assert.deepEqual(a1.idleDevices, ["vxlan-v6.calico"]);
    const ways = a1.routes.filter(({ purpose }) => purpose === "block of a2").map(({ via, device }) => [via, device]);
    assert.deepEqual(ways, [
      ["198.18.1.12", "eth0"],
      ["198.18.1.12", "tunl0"],
    ]);
  });

  it("leave a host's packets the address of the tunnel that the pool of the destination is behind", () => {
    const { forward, reverse } = expectationOf(plan, "pools/host-to-clusterip/cross-subnet/v4/a2->b1");
    assert.deepEqual([forward.underlay, forward.sources, reverse?.underlay], ["vxlan", ["198.19.0.64"], "vxlan"]);
    const toPlain = expectationOf(plan, "pools/host-to-pod/cross-subnet/v4/b1->a1").forward;
    assert.deepEqual([toPlain.underlay, toPlain.sources], ["plain", ["198.18.2.11"]]);
  });

  it("keep a pod's address on the way to nodes where its own pool has no natOutgoing, or a disabled pool covers them", async () => {
    const toHost = (of: Plan, id: string) =>
      expectationOf(of, `pools/pod-to-host/cross-subnet/v4/${id}`).forward.sources;
    assert.deepEqual(toHost(plan, "a2->b1"), ["198.18.1.12"]);
    assert.deepEqual(toHost(plan, "a2->b2"), ["198.19.64.65"]);
    const covered = await planWithPools("two-racks", [
      pool("198.19.0.0/17", { encapsulation: "VXLAN" }),
      pool("198.18.0.0/16", { disabled: true }),
    ]);
    assert.deepEqual(toHost(covered, "a1->b1"), ["198.19.0.1"]);
  });

  it("are never encapsulated by a policy of Never, though another pool is", () => {
    const mode = modeOf("pools");
    const identities = identitiesFromAllocation(plan, mode);
    const [a1] = expectControlPlane(plan, mode, identities);
    const toPlain = a1?.routes.find(({ destination }) => destination === "198.19.64.128/26");
    assert.deepEqual([toPlain?.via, toPlain?.device, toPlain?.protocols], ["198.18.1.1", "eth0", ["80", "bird"]]);
  });
});

describe("a pool with fewer blocks than nodes", () => {
  it("lets nodes borrow addresses, to each of which every other node has a route in the form of the pool", async () => {
    const plan = await planOf("borrowed-blocks");
    const mode = modeOf("vxlan-cross-subnet");
    const identities = identitiesFromAllocation(plan, mode);
    const b1 = identities.nodes.find(({ name }) => name === "b1");
    // The last addresses of a1's block, from the end: tunnels are given theirs first.
    assert.deepEqual([b1?.blocks, b1?.tunnelAddresses], [{ 4: [] }, { "vxlan.calico": "198.19.0.63" }]);
    assert.deepEqual(
      identities.pods.filter(({ node }) => node === "b1").map(({ addresses }) => addresses[4]),
      ["198.19.0.62", "198.19.0.61"],
    );
    const states = expectControlPlane(plan, mode, identities);
    const toB1 = (node: string): readonly (string | undefined)[][] =>
      (states.find((state) => state.node === node)?.routes ?? [])
        .filter(({ peer }) => peer === "b1")
        .map(({ destination, via, device }) => [destination, via, device]);
    assert.deepEqual(toB1("a1"), [
      ["198.19.0.62", "198.19.0.63", "vxlan.calico"],
      ["198.19.0.61", "198.19.0.63", "vxlan.calico"],
      ["198.19.0.63", undefined, "vxlan.calico"],
    ]);
    assert.deepEqual(toB1("b2"), [
      ["198.19.0.62", "198.18.2.11", "eth0"],
      ["198.19.0.61", "198.18.2.11", "eth0"],
    ]);
  });
});
