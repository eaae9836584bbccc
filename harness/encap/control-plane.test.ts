import assert from "node:assert/strict";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import { expectControlPlane, type ExpectedNodeState, type ExpectedRoute } from "./control-plane.ts";
import type { Identities } from "./identity.ts";
import type { ModeId } from "./mode.ts";
import { modeOf, planOf, planWith } from "./plan.fixture.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";

function stateOf(plan: Plan, id: ModeId, node = "a1"): ExpectedNodeState {
  const mode = modeOf(id);
  const state = expectControlPlane(plan, mode, identitiesFromAllocation(plan, mode)).find((one) => one.node === node);
  assert.ok(state);
  return state;
}

/** In the words of ip(8), so that the tests read like the recordings. */
function routesOf(state: ExpectedNodeState): readonly string[] {
  return state.routes.filter(({ purpose }) => !purpose.startsWith("pod")).map(asText);
}

function asText({ type, destination, via, device, protocols, onlink, mtu }: ExpectedRoute): string {
  const parts = [type === "unicast" ? "" : `${type} `, destination, via && ` via ${via}`, device && ` dev ${device}`];
  return [...parts, ` proto ${protocols.join("|")}`, onlink && " onlink", mtu && ` mtu ${mtu}`]
    .filter((part) => typeof part === "string")
    .join("");
}

describe("expectControlPlane", () => {
  let two: Plan;
  before(async () => {
    two = await planOf("two-racks");
  });

  it("VXLANCrossSubnet: tunnel routes across, direct ones inside, as recorded", () => {
    assert.deepEqual(routesOf(stateOf(two, "vxlan-cross-subnet")), [
      "198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink",
      "198.19.0.128/26 via 198.19.0.128 dev vxlan.calico proto boot|80 onlink mtu 1450",
      "198.19.0.192/26 via 198.19.0.192 dev vxlan.calico proto boot|80 onlink mtu 1450",
      "blackhole 198.19.0.0/26 proto 80|bird",
    ]);
  });

  it("VXLAN: tunnel routes everywhere", () => {
    assert.equal(
      routesOf(stateOf(two, "vxlan-always"))[0],
      "198.19.0.64/26 via 198.19.0.64 dev vxlan.calico proto boot|80 onlink mtu 1450",
    );
  });

  it("VXLAN: MACs come from the name that Calico knows a node by, as recorded of a node of kind", () => {
    const mode = modeOf("vxlan-always");
    const identities = identitiesFromAllocation(two, mode);
    const nodes = identities.nodes.map((node) => (node.name === "a1" ? { ...node, hostName: "lab-worker" } : node));
    const [own, peer] = expectControlPlane(two, mode, { ...identities, nodes });
    const recorded = "66:da:2d:10:6b:d7";
    assert.equal(own?.tunnels[0]?.vxlan?.mac, recorded);
    assert.ok(peer?.fdb.some(({ mac, destination }) => mac === recorded && destination === "198.18.1.11"));
  });

  it("IPIP: the remote node is the next hop on tunl0", () => {
    assert.deepEqual(routesOf(stateOf(two, "ipip-cross-subnet")).slice(0, 2), [
      "198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80|bird",
      "198.19.0.128/26 via 198.18.2.11 dev tunl0 proto 80|bird onlink mtu 1480",
    ]);
    assert.equal(
      routesOf(stateOf(two, "ipip-always"))[0],
      "198.19.0.64/26 via 198.18.1.12 dev tunl0 proto 80|bird onlink mtu 1480",
    );
  });

  it("None: the router is the next hop across racks", () => {
    assert.deepEqual(routesOf(stateOf(two, "none")).slice(0, 2), [
      "198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80|bird",
      "198.19.0.128/26 via 198.18.1.1 dev eth0 proto 80|bird",
    ]);
  });

  it("tells the routes of a declared owner from the other's: Felix's lead straight to the node, BIRD's by the gateway", () => {
    const felix = planTopology({ ...two.topology, routeOwner: "felix" });
    const bird = planTopology({ ...two.topology, routeOwner: "bird" });
    assert.deepEqual(routesOf(stateOf(felix, "none")), [
      "198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink",
      "198.19.0.128/26 via 198.18.2.11 dev eth0 proto 80 onlink",
      "198.19.0.192/26 via 198.18.2.12 dev eth0 proto 80 onlink",
      "blackhole 198.19.0.0/26 proto 80",
    ]);
    assert.deepEqual(routesOf(stateOf(bird, "none")).slice(0, 2), [
      "198.19.0.64/26 via 198.18.1.12 dev eth0 proto bird",
      "198.19.0.128/26 via 198.18.1.1 dev eth0 proto bird",
    ]);
    assert.deepEqual(routesOf(stateOf(felix, "ipip-cross-subnet")).slice(0, 2), [
      "198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink",
      "198.19.0.128/26 via 198.18.2.11 dev tunl0 proto 80 onlink mtu 1480",
    ]);
    assert.match(routesOf(stateOf(bird, "ipip-always"))[0] ?? "", /dev tunl0 proto bird onlink/);
    assert.deepEqual(routesOf(stateOf(felix, "vxlan-always")), routesOf(stateOf(two, "vxlan-always")));
  });

  it("routes its own pods to their veths", () => {
    const pods = stateOf(two, "none").routes.filter(({ purpose }) => purpose.startsWith("pod"));
    assert.deepEqual(
      pods.map(({ purpose, destination }) => `${purpose} ${destination}`),
      ["pod a1-p1 198.19.0.1", "pod a1-p2 198.19.0.2"],
    );
    assert.ok(pods.every(({ device }) => /^cali[0-9a-f]{11}$/.test(device ?? "")));
    assert.ok(pods.every(({ type, protocols }) => type === "unicast" && protocols.join() === "boot,80"));
  });

  describe("with addresses that are not as the plan allocates them", () => {
    const stateWith = (id: ModeId, change: (identities: Identities) => Partial<Identities>, node = "a1") => {
      const mode = modeOf(id);
      const identities = identitiesFromAllocation(two, mode);
      const state = expectControlPlane(two, mode, { ...identities, ...change(identities) }).find(
        (one) => one.node === node,
      );
      assert.ok(state);
      return state;
    };
    const borrows = ({ pods }: Identities): Partial<Identities> => ({
      pods: pods.map((pod) => (pod.name === "b1-p1" ? { ...pod, addresses: { 4: "198.19.0.77" } } : pod)),
    });
    const borrowed = ({ routes }: ExpectedNodeState) => routes.filter(({ purpose }) => purpose.includes("borrowed"));

    it("routes a borrowed address by itself, on every node but the pod's own", () => {
      const [route, ...others] = borrowed(stateWith("vxlan-cross-subnet", borrows));
      assert.deepEqual(others, []);
      assert.deepEqual(route, {
        family: 4,
        destination: "198.19.0.77",
        purpose: "pod b1-p1 on b1, its address is borrowed",
        peer: "b1",
        type: "unicast",
        via: "198.19.0.128",
        device: "vxlan.calico",
        onlink: true,
        protocols: ["boot", "80"],
        mtu: 1450,
      });
      assert.deepEqual(borrowed(stateWith("vxlan-cross-subnet", borrows, "b1")), []);
      assert.deepEqual(borrowed(stateWith("vxlan-cross-subnet", () => ({}))), []);
      const homeless = ({ pods }: Identities) => ({ pods: pods.map((pod) => ({ ...pod, addresses: {} })) });
      assert.deepEqual(borrowed(stateWith("vxlan-cross-subnet", homeless)), []);
    });

    it("says whose pods have which address, and which blocks are shared with strangers", () => {
      const { pods, shared } = stateWith("none", () => ({}));
      assert.equal(pods?.length, 8);
      assert.deepEqual(pods[0], { node: "a1", address: "198.19.0.1" });
      assert.deepEqual(shared, []);
      assert.deepEqual(stateWith("none", () => ({ strangers: true })).shared, ["198.19.0.0/26"]);
    });

    it("asks for a blackhole of each own block, but of none that is one address", () => {
      const own = ({ routes }: ExpectedNodeState) =>
        routes
          .filter(({ type }) => type === "blackhole")
          .map(({ destination, purpose }) => `${purpose} ${destination}`);
      assert.deepEqual(own(stateWith("none", () => ({}))), ["own block 198.19.0.0/26"]);
      const single = ({ nodes }: Identities): Partial<Identities> => ({
        nodes: nodes.map((node) => ({ ...node, blocks: { 4: ["198.19.7.7/32", "198.19.8.0/31"] } })),
      });
      assert.deepEqual(own(stateWith("none", single)), ["own block 198.19.8.0/31"]);
    });

    it("asks for no tunnel device where nobody knows its address", () => {
      const bare = ({ nodes }: Identities): Partial<Identities> => ({
        nodes: nodes.map((node) => ({ ...node, tunnelAddresses: {} })),
      });
      const { tunnels, fdb, neighbors } = stateWith("vxlan-always", bare);
      assert.deepEqual([tunnels, fdb, neighbors], [[], [], []]);
    });
  });

  it("VXLAN device, FDB and permanent neighbors for every peer, those of the same subnet too", () => {
    const { tunnels, fdb, neighbors, idleDevices } = stateOf(two, "vxlan-cross-subnet");
    assert.deepEqual(tunnels, [
      {
        device: "vxlan.calico",
        kind: "vxlan",
        mtu: 1450,
        address: "198.19.0.0/32",
        vxlan: { mac: "66:f2:9b:c9:1b:bd", vni: 4096, port: 4789, local: "198.18.1.11", parent: "eth0" },
      },
    ]);
    assert.deepEqual(
      fdb.map(({ destination }) => destination),
      ["198.18.1.12", "198.18.2.11", "198.18.2.12"],
    );
    assert.deepEqual(
      neighbors.map(({ address }) => address),
      ["198.19.0.64", "198.19.0.128", "198.19.0.192"],
    );
    assert.equal(fdb[1]?.mac, "66:7e:83:ca:2a:65");
    assert.deepEqual(idleDevices, ["vxlan-v6.calico", "tunl0"]);
  });

  it("IPIP device without FDB, and nothing at all without encapsulation", () => {
    const ipip = stateOf(two, "ipip-always");
    assert.deepEqual(ipip.tunnels, [{ device: "tunl0", kind: "ipip", mtu: 1480, address: "198.19.0.0/32" }]);
    assert.deepEqual([ipip.fdb, ipip.neighbors], [[], []]);
    const none = stateOf(two, "none");
    assert.deepEqual([none.tunnels, none.idleDevices], [[], ["vxlan.calico", "vxlan-v6.calico", "tunl0"]]);
  });

  it("gives IPv6 a device of its own, and plain routes where the mode is IPIP", async () => {
    const dual = await planOf("dual-stack");
    const { tunnels, routes, fdb } = stateOf(dual, "vxlan-cross-subnet");
    assert.deepEqual(
      tunnels.map(({ device, mtu, address }) => [device, mtu, address]),
      [
        ["vxlan.calico", 1450, "198.19.0.0/32"],
        ["vxlan-v6.calico", 1430, "fd00:10:19::/128"],
      ],
    );
    assert.ok(
      routes.some(({ destination, via, device }) => device === "vxlan-v6.calico" && destination === `${via ?? ""}/122`),
    );
    assert.ok(fdb.some(({ destination, device }) => device === "vxlan-v6.calico" && destination === "fd00:18:2::b"));
    const plain = stateOf(dual, "ipip-always").routes.filter(({ family }) => family === 6);
    assert.ok(plain.length > 0 && plain.every(({ device }) => device !== "tunl0"));
  });

  it("tunnels to its own rack from a node registered with /32", async () => {
    const plan = await planWith("two-racks", ({ name }) =>
      name === "a1" ? { registered: { 4: "198.18.1.11/32" } } : {},
    );
    assert.match(routesOf(stateOf(plan, "vxlan-cross-subnet"))[0] ?? "", /dev vxlan\.calico/);
    assert.match(routesOf(stateOf(plan, "vxlan-cross-subnet", "a2"))[0] ?? "", /dev eth0/);
  });
});
