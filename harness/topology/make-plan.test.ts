import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { contains, withoutPrefix } from "./address.ts";
import { loadTopology } from "./load.ts";
import { planTopology } from "./make-plan.ts";
import { parseTopology } from "./parse-topology.ts";
import type { Plan } from "./plan.ts";

/** Three routers in a row: spur, first and second; rack-b has two routers of different use. */
const chain = `
subnets:
  rack-a: { cidr: 198.18.1.0/24 }
  rack-b: { cidr: 198.18.2.0/24 }
  rack-c: { cidr: 198.18.3.0/24 }
  rack-d: { cidr: 198.18.4.0/24 }
routers:
  r1: { subnets: [rack-a, rack-b] }
  r2: { subnets: [rack-b, rack-c] }
  r3: { subnets: [rack-c, rack-d] }
nodes:
  a1: { subnet: rack-a }
  b1: { subnet: rack-b }
  c1: { subnet: rack-c }
  d1: { subnet: rack-d }
`;

const routesOf = (machine: { readonly routes: Plan["nodes"][number]["routes"] } | undefined) =>
  machine?.routes.map(({ destination, via, device }) => `${destination} via ${via} dev ${device}`);

describe("planTopology", () => {
  it("gives the same plan for the same topology, and another digest for another lab", async () => {
    const topology = await loadTopology("dual-stack");
    const plan = planTopology(topology);
    assert.deepEqual(planTopology(structuredClone(topology)), plan);
    assert.match(plan.digest, /^[0-9a-f]{12}$/);
    assert.equal(
      planTopology({ ...topology, source: "/elsewhere.yaml", description: "other words" }).digest,
      plan.digest,
    );
    assert.notEqual(planTopology({ ...topology, fabric: "static" }).digest, plan.digest);
    assert.notEqual(planTopology(topology, [4]).digest, plan.digest);
  });

  it("puts nodes' addresses and routes on the VLAN of their rack, further devices too, and hands the others untagged frames", () => {
    const text = `
subnets:
  rack-a: { cidr: 198.18.1.0/24, vlan: 100 }
  storage: { cidr: 198.18.7.0/24, vlan: 4094 }
  outside: { cidr: 198.18.9.0/24 }
routers:
  tor: { subnets: [rack-a, outside] }
nodes:
  a1: { subnet: rack-a, networks: [storage] }
external:
  client: { subnet: rack-a }
`;
    const { nodes, routers, external = [] } = planTopology(parseTopology(text, "vlan.yaml", "vlan"));
    assert.deepEqual(routesOf(nodes[0]), ["default via 198.18.1.1 dev eth0.100"]);
    const ports = [nodes[0]?.uplink, ...(nodes[0]?.others ?? []), ...(routers[0]?.ports ?? []), external[0]?.uplink];
    assert.deepEqual(
      ports.map((port) => [port?.device, port?.vlan?.card, port?.vlan?.id, port?.access, port?.mtu]),
      [
        ["eth0.100", "eth0", 100, undefined, 1500],
        ["eth1.4094", "eth1", 4094, undefined, 1500],
        ["eth0", undefined, undefined, 100, 1500],
        ["eth1", undefined, undefined, undefined, 1500],
        ["eth0", undefined, undefined, 100, 1500],
      ],
    );
  });

  it("gives the gateway's address to the router that another stands by for, and nodes that address", async () => {
    const { nodes, routers } = planTopology(await loadTopology("standby-router"));
    assert.deepEqual(
      nodes.flatMap(routesOf).filter((route, index, all) => all.indexOf(route) === index),
      ["default via 198.18.1.10 dev eth0", "default via 198.18.2.10 dev eth0"],
    );
    assert.deepEqual(
      routers.map(({ ports }) => ports.map(({ addresses, holds }) => [addresses[4], holds?.[4]])),
      [
        [
          ["198.18.1.1/24", "198.18.1.10/32"],
          ["198.18.2.1/24", "198.18.2.10/32"],
        ],
        [
          ["198.18.1.2/24", undefined],
          ["198.18.2.2/24", undefined],
        ],
      ],
    );
  });

  it("gives routers all next hops that are equally near, where they share packets, and else the first", async () => {
    const topology = await loadTopology("ecmp-spines");
    const [leaf] = planTopology(topology).routers;
    assert.deepEqual(
      leaf?.routes.map(({ destination, via, also }) => [
        destination,
        via,
        also?.map((hop) => `${hop.via} ${hop.device}`),
      ]),
      [
        ["198.18.9.0/24", "198.18.8.2", ["198.18.8.3 eth1"]],
        ["198.18.2.0/24", "198.18.8.2", ["198.18.8.3 eth1"]],
      ],
    );
    const { ecmp, ...without } = topology;
    assert.equal(ecmp, true);
    assert.ok(planTopology(without).routers.every(({ routes }) => routes.every(({ also }) => also === undefined)));
  });

  it("wires two racks", async () => {
    const plan = planTopology(await loadTopology("two-racks"));
    assert.deepEqual(plan.segments[1], { name: "rack-b", bridge: "br-rack-b", mtu: 1500 });
    assert.deepEqual(plan.nodes[2], {
      name: "b1",
      uplink: {
        device: "eth0",
        segment: "rack-b",
        bridgePort: "b1_eth0",
        mac: "02:00:00:00:00:03",
        addresses: { 4: "198.18.2.11/24" },
        mtu: 1500,
      },
      routes: [{ family: 4, destination: "default", via: "198.18.2.1", device: "eth0" }],
      pods: ["b1-p1", "b1-p2"],
    });
    const [tor] = plan.routers;
    assert.deepEqual(
      tor?.ports.map(({ device, mac, addresses }) => [device, mac, addresses[4]]),
      [
        ["eth0", "02:00:00:01:00:01", "198.18.1.1/24"],
        ["eth1", "02:00:00:01:00:02", "198.18.2.1/24"],
      ],
    );
    assert.deepEqual(tor.routes, []);
  });

  it("gives out addresses as Calico's IPAM does in an empty cluster", async () => {
    const { allocation } = planTopology(await loadTopology("dual-stack"));
    assert.deepEqual(allocation.nodes[1], {
      node: "a2",
      blocks: { 4: ["198.19.0.64/26"], 6: ["fd00:10:19::40/122"] },
      tunnels: [
        { family: 4, address: "198.19.0.64" },
        { family: 6, address: "fd00:10:19::40" },
      ],
    });
    // The device name is `printf default.a2-p1 | sha1sum | cut -c1-11`.
    assert.deepEqual(allocation.pods[2], {
      pod: "a2-p1",
      node: "a2",
      addresses: { 4: "198.19.0.65", 6: "fd00:10:19::41" },
      hostDevice: "calia0df1d00159",
    });
    assert.deepEqual(allocation.services[2], {
      service: "a2-p1",
      backend: "a2-p1",
      clusterIps: { 4: "198.19.192.13", 6: "fd00:10:20::d" },
      port: 80,
      targetPort: 8080,
    });
  });

  it("gives every machine and wire a name and address of its own that fits", async () => {
    for (const name of ["three-racks", "dual-stack"]) {
      const plan = planTopology(await loadTopology(name));
      const ports = [...plan.nodes.map(({ uplink }) => uplink), ...plan.routers.flatMap((router) => router.ports)];
      const devices = [...ports.map(({ bridgePort }) => bridgePort), ...plan.segments.map(({ bridge }) => bridge)];
      for (const device of devices) assert.ok(device.length <= 15, device);
      assert.equal(new Set(devices).size, devices.length);
      assert.equal(new Set(ports.map(({ mac }) => mac)).size, ports.length);
      const pods = plan.allocation.pods;
      assert.equal(new Set(pods.map(({ hostDevice }) => hostDevice)).size, pods.length);
      for (const { node, addresses } of pods) {
        const block = plan.allocation.nodes.find((allocation) => allocation.node === node)?.blocks[4]?.[0] ?? "";
        assert.ok(contains(block, addresses[4] ?? ""));
      }
    }
  });

  it("leads every node to every subnet over several routers, each way by the nearest one", () => {
    const plan = planTopology(parseTopology(chain, "chain.yaml", "chain"));
    assert.deepEqual(routesOf(plan.nodes[0]), ["default via 198.18.1.1 dev eth0"]);
    assert.deepEqual(routesOf(plan.nodes[1]), [
      "default via 198.18.2.1 dev eth0",
      "198.18.3.0/24 via 198.18.2.2 dev eth0",
      "198.18.4.0/24 via 198.18.2.2 dev eth0",
    ]);
    assert.deepEqual(routesOf(plan.routers[0]), [
      "198.18.3.0/24 via 198.18.2.2 dev eth1",
      "198.18.4.0/24 via 198.18.2.2 dev eth1",
    ]);
    assert.deepEqual(routesOf(plan.routers[1]), [
      "198.18.1.0/24 via 198.18.2.1 dev eth0",
      "198.18.4.0/24 via 198.18.3.2 dev eth1",
    ]);
    for (const from of plan.nodes) for (const to of plan.nodes) assert.ok(arrives(plan, from.name, to.name));
  });

  it("tells every router of a static fabric the way to every node's block", () => {
    const plan = planTopology(parseTopology(`${chain}fabric: static\n`, "chain.yaml", "chain"));
    assert.deepEqual(routesOf(plan.routers[0])?.slice(2), [
      "198.19.0.0/26 via 198.18.1.11 dev eth0",
      "198.19.0.64/26 via 198.18.2.11 dev eth1",
      "198.19.0.128/26 via 198.18.2.2 dev eth1",
      "198.19.0.192/26 via 198.18.2.2 dev eth1",
    ]);
  });

  it("sends nodes with a wide prefix to the other rack by ARP, not by a route", async () => {
    const plan = planTopology(await loadTopology("wide-prefix"));
    assert.deepEqual(plan.nodes[0]?.uplink.addresses, { 4: "198.18.1.11/16" });
    assert.deepEqual(routesOf(plan.nodes[0]), ["default via 198.18.1.1 dev eth0"]);
    assert.equal(plan.routers[0]?.proxyArp, true);
    assert.equal(plan.routers[0].ports[0]?.addresses[4], "198.18.1.1/24");
  });

  it("leads a node to the gateway that it names", async () => {
    const { nodes } = planTopology(await loadTopology("dual-tor"));
    assert.deepEqual(
      nodes.map((node) => routesOf(node)?.[0]),
      [
        "default via 198.18.1.1 dev eth0",
        "default via 198.18.1.1 dev eth0",
        "default via 198.18.2.2 dev eth0",
        "default via 198.18.2.2 dev eth0",
      ],
    );
  });

  it("leads a node with a /32 to its gateway onlink, as clouds do", async () => {
    const { nodes } = planTopology(await loadTopology("gcp-like"));
    const routes = nodes.map(({ name, routes: [first] }) => [name, first?.destination, first?.via, first?.onlink]);
    assert.deepEqual(routes, [
      ["a", "default", "198.18.1.1", true],
      ["b", "default", "198.18.1.9", true],
      ["c1", "default", "198.18.1.17", undefined],
      ["c2", "default", "198.18.1.17", undefined],
    ]);
  });

  it("uses the families that were asked for, and refuses those that the topology lacks", async () => {
    const plan = planTopology(await loadTopology("dual-stack"), [6]);
    assert.deepEqual(plan.families, [6]);
    assert.deepEqual(plan.nodes[0]?.uplink.addresses, { 6: "fd00:18:1::b/64" });
    assert.deepEqual(Object.keys(plan.allocation.pods[0]?.addresses ?? {}), ["6"]);
    const four = await loadTopology("two-racks");
    assert.throws(
      () => planTopology(four, [4, 6]),
      (error: unknown) =>
        error instanceof UsageError && error.message.includes("no IPv6") && error.details.fix !== undefined,
    );
  });
});

/** Follows the plan's routes hop by hop, as kernels would. */
function arrives(plan: Plan, from: string, to: string): boolean {
  const target = withoutPrefix(plan.nodes.find(({ name }) => name === to)?.uplink.addresses[4] ?? "");
  const node = plan.nodes.find(({ name }) => name === from);
  let ports = node === undefined ? [] : [node.uplink];
  let routes = node?.routes ?? [];
  for (let hop = 0; hop < 5; hop++) {
    if (ports.some(({ addresses }) => contains(addresses[4] ?? "", target))) return true;
    const matching = routes.filter(({ destination }) => destination !== "default" && contains(destination, target));
    const route = matching[0] ?? routes.find(({ destination }) => destination === "default");
    const next = plan.routers.find((router) =>
      router.ports.some(({ addresses }) => withoutPrefix(addresses[4] ?? "") === route?.via),
    );
    if (next === undefined) return false;
    ports = [...next.ports];
    routes = next.routes;
  }
  return false;
}
