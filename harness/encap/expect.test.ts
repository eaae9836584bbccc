import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import { describeDirection } from "./describe.ts";
import type { ExpectedDirection, PathExpectation } from "./expectation.ts";
import type { ModeId } from "./mode.ts";
import { expectationOf, planOf, planWith } from "./plan.fixture.ts";

/** Who the source is on the wire between nodes; a same-node host may show as either of its addresses. */
type Who = "pod" | "node" | "tunnel" | "node or tunnel";

/** Written by hand from Calico's documents and code, never computed. */
const truth = `
  none               | pod-to-pod        | same-node    | local       | local | 0  | pod
  none               | pod-to-pod        | same-subnet  | plain       | plain | 0  | pod
  none               | pod-to-pod        | cross-subnet | dropped at tor | -     | 0  | pod
  none               | pod-to-clusterip  | same-node    | local       | local | 0  | pod
  none               | pod-to-clusterip  | same-subnet  | plain       | plain | 0  | pod
  none               | pod-to-clusterip  | cross-subnet | dropped at tor | -     | 0  | pod
  none               | host-to-pod       | same-node    | local       | local | 0  | node
  none               | host-to-pod       | same-subnet  | plain       | plain | 0  | node
  none               | host-to-pod       | cross-subnet | dropped at tor | -     | 0  | node
  none               | host-to-clusterip | same-node    | local       | local | 0  | node
  none               | host-to-clusterip | same-subnet  | plain       | plain | 0  | node
  none               | host-to-clusterip | cross-subnet | dropped at tor | -     | 0  | node
  none               | pod-to-host       | same-node    | local       | local | 0  | pod
  none               | pod-to-host       | same-subnet  | plain       | plain | 0  | node
  none               | pod-to-host       | cross-subnet | plain       | plain | 0  | node

  ipip-always        | pod-to-pod        | same-node    | local       | local | 0  | pod
  ipip-always        | pod-to-pod        | same-subnet  | IPIP        | IPIP  | 20 | pod
  ipip-always        | pod-to-pod        | cross-subnet | IPIP        | IPIP  | 20 | pod
  ipip-always        | pod-to-clusterip  | same-node    | local       | local | 0  | pod
  ipip-always        | pod-to-clusterip  | same-subnet  | IPIP        | IPIP  | 20 | pod
  ipip-always        | pod-to-clusterip  | cross-subnet | IPIP        | IPIP  | 20 | pod
  ipip-always        | host-to-pod       | same-node    | local       | local | 0  | node or tunnel
  ipip-always        | host-to-pod       | same-subnet  | IPIP        | IPIP  | 20 | tunnel
  ipip-always        | host-to-pod       | cross-subnet | IPIP        | IPIP  | 20 | tunnel
  ipip-always        | host-to-clusterip | same-node    | local       | local | 0  | node or tunnel
  ipip-always        | host-to-clusterip | same-subnet  | IPIP        | IPIP  | 20 | tunnel
  ipip-always        | host-to-clusterip | cross-subnet | IPIP        | IPIP  | 20 | tunnel
  ipip-always        | pod-to-host       | same-node    | local       | local | 0  | pod
  ipip-always        | pod-to-host       | same-subnet  | plain       | plain | 0  | node
  ipip-always        | pod-to-host       | cross-subnet | plain       | plain | 0  | node

  ipip-cross-subnet  | pod-to-pod        | same-node    | local       | local | 0  | pod
  ipip-cross-subnet  | pod-to-pod        | same-subnet  | plain       | plain | 0  | pod
  ipip-cross-subnet  | pod-to-pod        | cross-subnet | IPIP        | IPIP  | 20 | pod
  ipip-cross-subnet  | pod-to-clusterip  | same-node    | local       | local | 0  | pod
  ipip-cross-subnet  | pod-to-clusterip  | same-subnet  | plain       | plain | 0  | pod
  ipip-cross-subnet  | pod-to-clusterip  | cross-subnet | IPIP        | IPIP  | 20 | pod
  ipip-cross-subnet  | host-to-pod       | same-node    | local       | local | 0  | node or tunnel
  ipip-cross-subnet  | host-to-pod       | same-subnet  | plain       | plain | 0  | node
  ipip-cross-subnet  | host-to-pod       | cross-subnet | IPIP        | IPIP  | 20 | tunnel
  ipip-cross-subnet  | host-to-clusterip | same-node    | local       | local | 0  | node or tunnel
  ipip-cross-subnet  | host-to-clusterip | same-subnet  | plain       | plain | 0  | node
  ipip-cross-subnet  | host-to-clusterip | cross-subnet | IPIP        | IPIP  | 20 | tunnel
  ipip-cross-subnet  | pod-to-host       | same-node    | local       | local | 0  | pod
  ipip-cross-subnet  | pod-to-host       | same-subnet  | plain       | plain | 0  | node
  ipip-cross-subnet  | pod-to-host       | cross-subnet | plain       | plain | 0  | node

  vxlan-always       | pod-to-pod        | same-node    | local       | local | 0  | pod
  vxlan-always       | pod-to-pod        | same-subnet  | VXLAN       | VXLAN | 50 | pod
  vxlan-always       | pod-to-pod        | cross-subnet | VXLAN       | VXLAN | 50 | pod
  vxlan-always       | pod-to-clusterip  | same-node    | local       | local | 0  | pod
  vxlan-always       | pod-to-clusterip  | same-subnet  | VXLAN       | VXLAN | 50 | pod
  vxlan-always       | pod-to-clusterip  | cross-subnet | VXLAN       | VXLAN | 50 | pod
  vxlan-always       | host-to-pod       | same-node    | local       | local | 0  | node or tunnel
  vxlan-always       | host-to-pod       | same-subnet  | VXLAN       | VXLAN | 50 | tunnel
  vxlan-always       | host-to-pod       | cross-subnet | VXLAN       | VXLAN | 50 | tunnel
  vxlan-always       | host-to-clusterip | same-node    | local       | local | 0  | node or tunnel
  vxlan-always       | host-to-clusterip | same-subnet  | VXLAN       | VXLAN | 50 | tunnel
  vxlan-always       | host-to-clusterip | cross-subnet | VXLAN       | VXLAN | 50 | tunnel
  vxlan-always       | pod-to-host       | same-node    | local       | local | 0  | pod
  vxlan-always       | pod-to-host       | same-subnet  | plain       | plain | 0  | node
  vxlan-always       | pod-to-host       | cross-subnet | plain       | plain | 0  | node

  vxlan-cross-subnet | pod-to-pod        | same-node    | local       | local | 0  | pod
  vxlan-cross-subnet | pod-to-pod        | same-subnet  | plain       | plain | 0  | pod
  vxlan-cross-subnet | pod-to-pod        | cross-subnet | VXLAN       | VXLAN | 50 | pod
  vxlan-cross-subnet | pod-to-clusterip  | same-node    | local       | local | 0  | pod
  vxlan-cross-subnet | pod-to-clusterip  | same-subnet  | plain       | plain | 0  | pod
  vxlan-cross-subnet | pod-to-clusterip  | cross-subnet | VXLAN       | VXLAN | 50 | pod
  vxlan-cross-subnet | host-to-pod       | same-node    | local       | local | 0  | node or tunnel
  vxlan-cross-subnet | host-to-pod       | same-subnet  | plain       | plain | 0  | node
  vxlan-cross-subnet | host-to-pod       | cross-subnet | VXLAN       | VXLAN | 50 | tunnel
  vxlan-cross-subnet | host-to-clusterip | same-node    | local       | local | 0  | node or tunnel
  vxlan-cross-subnet | host-to-clusterip | same-subnet  | plain       | plain | 0  | node
  vxlan-cross-subnet | host-to-clusterip | cross-subnet | VXLAN       | VXLAN | 50 | tunnel
  vxlan-cross-subnet | pod-to-host       | same-node    | local       | local | 0  | pod
  vxlan-cross-subnet | pod-to-host       | same-subnet  | plain       | plain | 0  | node
  vxlan-cross-subnet | pod-to-host       | cross-subnet | plain       | plain | 0  | node
`;

/** The same for IPv6 where it differs from the IPv4 table: 70 bytes instead of 50, and no IPIP at all. */
const truth6 = truth
  .split("\n")
  .filter((row) => !row.includes("ipip"))
  .map((row) => row.replace("| 50 |", "| 70 |"))
  .join("\n");

/** Rack a holds a1 and a2, rack b holds b1 and b2. */
const pairs: Readonly<Record<string, string>> = {
  "same-node": "a1->a1",
  "same-subnet": "a1->a2",
  "cross-subnet": "a1->b1",
};

/** First block: tunnel .0, pods .1 and .2; a1 is the first node of both pools. */
const addresses: Readonly<Record<4 | 6, Readonly<Record<"pod" | "node" | "tunnel", string>>>> = {
  4: { pod: "198.19.0.1", node: "198.18.1.11", tunnel: "198.19.0.0" },
  6: { pod: "fd00:10:19::1", node: "fd00:18:1::b", tunnel: "fd00:10:19::" },
};

function rows(table: string): string[][] {
  const lines = table.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => line.split("|").map((cell) => cell.trim()));
}

function checkRow(plan: Plan, family: 4 | 6, row: readonly string[]): void {
  const [mode = "", traffic = "", locality = "", forward, reverse, overhead, who = ""] = row;
  const id = `${mode}/${traffic}/${locality}/v${family}/${pairs[locality] ?? ""}`;
  const expectation = expectationOf(plan, id);
  assert.equal(expectation.skip, undefined, id);
  assert.equal(describeDirection(expectation.forward), forward, id);
  assert.equal(expectation.reverse === undefined ? "-" : describeDirection(expectation.reverse), reverse, id);
  assert.equal(expectation.overhead, Number(overhead), id);
  const sources = (who as Who).split(" or ").map((name) => addresses[family][name as "pod"]);
  assert.deepEqual(expectation.forward.sources, sources, id);
  assert.deepEqual(expectation.serverSees, sources, id);
}

function wayOf(direction: ExpectedDirection | undefined): string {
  const hops = direction?.hops.map(({ tap, role, form }) => {
    const device = tap.device.startsWith("cali") ? "cali" : tap.device;
    return `${tap.node}/${device} ${role} ${form}`;
  });
  return hops?.join(", ") ?? "none";
}

function silent({ silent: taps }: PathExpectation): string {
  return taps.map(({ node, device }) => `${node}/${device}`).join(" ");
}

describe("expectPath", () => {
  let two: Plan;
  let dual: Plan;
  let wide: Plan;
  let fabric: Plan;
  before(async () => {
    two = await planOf("two-racks");
    dual = await planOf("dual-stack");
    wide = await planOf("wide-prefix");
    fabric = await planOf("static-fabric");
  });

  it("has a row for every mode, traffic and locality", () => {
    assert.equal(new Set(rows(truth).map((row) => row.slice(0, 3).join())).size, 5 * 5 * 3);
  });

  for (const row of rows(truth)) {
    it(`IPv4 ${row.slice(0, 3).join(" ")}: ${row.slice(3).join(", ")}`, () => {
      checkRow(two, 4, row);
    });
  }
  for (const row of rows(truth6)) {
    it(`IPv6 ${row.slice(0, 3).join(" ")}: ${row.slice(3).join(", ")}`, () => {
      checkRow(dual, 6, row);
    });
  }

  it("skips IPv6 in IPIP modes and says why", () => {
    const { path, ...rest } = expectationOf(dual, "ipip-always/pod-to-pod/cross-subnet/v6/a1->b1");
    assert.equal(path.id, "ipip-always/pod-to-pod/cross-subnet/v6/a1->b1");
    assert.deepEqual(rest, {
      skip: "Calico has no IPIP for IPv6: its tunnel carries IPv4 only",
      forward: { hops: [], underlay: "none", sources: [], destination: "" },
      serverSees: [],
      dials: "",
      overhead: 0,
      podMtu: 1480,
      silent: [],
    });
  });

  it("walks every tap across racks, encapsulated between the nodes and plain in them", () => {
    const { forward, reverse } = expectationOf(two, "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.equal(
      wayOf(forward),
      "a1/cali source-pod plain, a1/eth0 source-uplink vxlan, tor/eth0 router-in vxlan, tor/eth1 router-out vxlan, " +
        "b1/eth0 target-uplink vxlan, b1/cali target-pod plain",
    );
    assert.equal(
      wayOf(reverse),
      "b1/cali target-pod plain, b1/eth0 target-uplink vxlan, tor/eth1 router-in vxlan, tor/eth0 router-out vxlan, " +
        "a1/eth0 source-uplink vxlan, a1/cali source-pod plain",
    );
  });

  it("names outer addresses, VNI, port and the VTEPs' MACs of both directions", () => {
    const { forward, reverse } = expectationOf(two, "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1");
    const [a1, b1] = ["66:f2:9b:c9:1b:bd", "66:7e:83:ca:2a:65"];
    const base = { vni: 4096, port: 4789 };
    assert.deepEqual(forward.outer, {
      source: "198.18.1.11",
      destination: "198.18.2.11",
      vxlan: { ...base, innerSourceMac: a1, innerDestinationMac: b1 },
    });
    assert.deepEqual(reverse?.outer, {
      source: "198.18.2.11",
      destination: "198.18.1.11",
      vxlan: { ...base, innerSourceMac: b1, innerDestinationMac: a1 },
    });
    assert.deepEqual([reverse.sources, reverse.destination], [["198.19.0.129"], "198.19.0.1"]);
  });

  it("gives IPIP outer addresses and no VXLAN fields", () => {
    const { forward } = expectationOf(two, "ipip-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual(forward.outer, { source: "198.18.1.11", destination: "198.18.2.11" });
  });

  it("keeps the router and everybody else silent inside a rack, and all uplinks on one node", () => {
    const near = expectationOf(two, "vxlan-always/pod-to-pod/same-subnet/v4/a1->a2");
    assert.equal(silent(near), "b1/eth0 b2/eth0 tor/eth0 tor/eth1");
    const local = expectationOf(two, "vxlan-always/pod-to-pod/same-node/v4/a1->a1");
    assert.equal(silent(local), "a1/eth0 a2/eth0 b1/eth0 b2/eth0 tor/eth0 tor/eth1");
    assert.equal(wayOf(local.forward), "a1/cali source-pod plain, a1/cali target-pod plain");
  });

  it("dials the ClusterIP while the wire shows the backend", () => {
    const { dials, forward } = expectationOf(two, "none/pod-to-clusterip/same-subnet/v4/a1->a2");
    assert.deepEqual([dials, forward.destination], ["198.19.192.13", "198.19.0.65"]);
  });

  it("ends plain pod packets at the router that does not know the block, with nothing behind it", () => {
    const { forward, reverse, ...rest } = expectationOf(two, "none/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual(forward.dies, { node: "tor", because: "tor has no route to 198.19.0.128/26 (fabric: none)" });
    assert.equal(wayOf(forward), "a1/cali source-pod plain, a1/eth0 source-uplink plain, tor/eth0 router-in plain");
    assert.equal(reverse, undefined);
    assert.equal(silent({ forward, ...rest }), "a2/eth0 b1/eth0 b2/eth0 tor/eth1");
  });

  it("delivers plain pod packets across racks where the fabric routes them", () => {
    const { forward, reverse, overhead } = expectationOf(fabric, "none/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual([describeDirection(forward), forward.dies, overhead], ["plain", undefined, 0]);
    assert.match(wayOf(reverse), /tor\/eth1 router-in plain, tor\/eth0 router-out plain/);
  });

  it("takes the form from the pool of the destination, so that the answer's may be another", async () => {
    const plan = await planOf("mixed-pools");
    const both = (id: string) => {
      const { forward, reverse } = expectationOf(plan, id);
      return [describeDirection(forward), reverse && describeDirection(reverse)];
    };
    assert.deepEqual(both("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2"), ["VXLAN", "plain"]);
    assert.deepEqual(both("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a2->a1"), ["plain", "VXLAN"]);
    assert.deepEqual(both("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/b1->b2"), ["VXLAN", "VXLAN"]);
    assert.deepEqual(both("ipip-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2"), ["IPIP", "plain"]);
    assert.deepEqual(both("none/pod-to-pod/same-subnet/v4/a1->a2"), ["plain", "plain"]);
  });

  it("leaves the addresses of a pool without natOutgoing as they are, so that answers take its form", async () => {
    const plan = await planOf("mixed-pools");
    const { forward, reverse } = expectationOf(plan, "vxlan-cross-subnet/pod-to-host/same-subnet/v4/a2->a1");
    assert.deepEqual(forward.sources, ["198.19.64.1"]);
    assert.deepEqual([describeDirection(forward), reverse && describeDirection(reverse)], ["plain", "VXLAN"]);
    const other = expectationOf(plan, "vxlan-cross-subnet/pod-to-host/same-subnet/v4/a1->a2").forward;
    assert.deepEqual(other.sources, ["198.18.1.11"]);
  });

  it("ends at a firewall what is not on its list, and passes on tunnels", async () => {
    const plan = await planOf("firewalled");
    const across = (id: string) => expectationOf(plan, `${id}/cross-subnet/v4/a1->b1`).forward;
    assert.deepEqual(across("vxlan-cross-subnet/pod-to-pod").dies, undefined);
    assert.deepEqual(across("ipip-always/host-to-pod").dies, undefined);
    const because = "fw passes on udp/4789, ip/4, tcp/179, udp/51820 alone";
    assert.deepEqual(across("vxlan-cross-subnet/pod-to-host").dies, { node: "fw", because });
    const routers = plan.routers.map((router) => ({ ...router, allow: ["tcp/179"] as const }));
    const narrow = expectationOf({ ...plan, routers }, "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1").forward;
    assert.equal(describeDirection(narrow), "dropped at fw");
  });

  it("takes a wide prefix at its word: plain between racks, dead at the router, and only there", () => {
    const pods = expectationOf(wide, "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.equal(describeDirection(pods.forward), "dropped at tor");
    assert.equal(
      describeDirection(expectationOf(wide, "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1").forward),
      "VXLAN",
    );
    assert.equal(describeDirection(expectationOf(wide, "none/pod-to-host/cross-subnet/v4/a1->b1").forward), "plain");
  });

  it("keeps packets on the node where nobody answers ARP for a neighbor that is none", async () => {
    const topology = {
      ...wide.topology,
      routers: wide.topology.routers.map((router) => ({ ...router, proxyArp: false })),
    };
    const { planTopology } = await import("../topology/make-plan.ts");
    const { forward } = expectationOf(planTopology(topology), "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.match(forward.dies?.because ?? "", /^a1: no host on rack-a answers for 198\.18\.2\.11$/);
    assert.equal(wayOf(forward), "a1/cali source-pod plain");
  });

  it("loses packets to another rack that Felix routes straight to the node, unless the router answers for it", async () => {
    const { planTopology } = await import("../topology/make-plan.ts");
    const path = "none/pod-to-pod/cross-subnet/v4/a1->b1";
    const felix = await planOf("felix-routes");
    assert.equal(expectationOf(felix, path).forward.dies, undefined);
    const [router] = felix.topology.routers;
    assert.ok(router);
    const deaf = planTopology({ ...felix.topology, routers: [{ ...router, proxyArp: false }] });
    assert.match(
      expectationOf(deaf, path).forward.dies?.because ?? "",
      /^a1: no host on rack-a answers for 198\.18\.2\.11$/,
    );
    const bird = planTopology({ ...deaf.topology, routeOwner: "bird" });
    assert.equal(expectationOf(bird, path).forward.dies, undefined);
    const near = "none/pod-to-pod/same-subnet/v4/a1->a2";
    assert.equal(expectationOf(deaf, near).forward.dies, undefined);
  });

  it("encapsulates everything from a node that is registered with /32, and only its own direction", async () => {
    const plan = await planWith("two-racks", ({ name }) =>
      name === "a1" ? { registered: { 4: "198.18.1.11/32" } } : {},
    );
    const { forward, reverse } = expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2");
    assert.deepEqual([describeDirection(forward), reverse && describeDirection(reverse)], ["VXLAN", "plain"]);
    const host = expectationOf(plan, "vxlan-cross-subnet/host-to-pod/same-subnet/v4/a1->a2");
    assert.deepEqual([host.forward.sources, host.reverse?.destination], [["198.19.0.0"], "198.19.0.0"]);
    assert.equal(host.reverse && describeDirection(host.reverse), "plain");
    const back = expectationOf(plan, "vxlan-cross-subnet/host-to-pod/same-subnet/v4/a2->a1");
    assert.equal(
      back.reverse && describeDirection(back.reverse),
      "plain",
      "an answer to a node's address is no pod traffic",
    );
  });

  it("lets the answer die where only the answering node's prefix is too wide", async () => {
    const plan = await planWith("two-racks", ({ name }) =>
      name === "b1" ? { registered: { 4: "198.18.2.11/16" } } : {},
    );
    const { forward, reverse } = expectationOf(plan, "ipip-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.equal(describeDirection(forward), "IPIP");
    assert.deepEqual(reverse?.dies, { node: "tor", because: "tor has no route to 198.19.0.0/26 (fabric: none)" });
  });

  it("takes the mode's overhead off the MTU of all pods, and IPv6's off those of both families", () => {
    const mtu = (plan: Plan, mode: ModeId) => expectationOf(plan, `${mode}/pod-to-pod/same-node/v4/a1->a1`).podMtu;
    assert.deepEqual([mtu(two, "none"), mtu(two, "ipip-always"), mtu(two, "vxlan-cross-subnet")], [1500, 1480, 1450]);
    assert.deepEqual([mtu(dual, "none"), mtu(dual, "ipip-always"), mtu(dual, "vxlan-always")], [1500, 1480, 1430]);
  });
});
