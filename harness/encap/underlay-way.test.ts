import assert from "node:assert/strict";
import type { Plan, PlannedNode, PlannedRouter, Port, Route } from "../topology/plan.ts";
import { planOf } from "./plan.fixture.ts";
import { exitPorts, letsPass, nextHop, underlayWay, type Departure, type Way } from "./underlay-way.ts";

const base = await planOf("two-racks");

const port = (device: string, segment: string, address: string): Port => ({
  device,
  segment,
  bridgePort: `${segment}_${device}`,
  mac: "02:00:00:00:00:01",
  addresses: { 4: address },
  mtu: 1500,
});

const route = (destination: string, via: string, device = "eth0"): Route => ({ family: 4, destination, via, device });

const node = (name: string, segment: string, address: string, routes: readonly Route[]): PlannedNode => ({
  name,
  uplink: port("eth0", segment, address),
  routes,
  pods: [],
});

const a1 = node("a1", "rack-a", "10.0.1.11/24", [route("default", "10.0.1.1")]);
const a2 = node("a2", "rack-a", "10.0.1.12/24", [route("default", "10.0.1.1")]);
const c1 = node("c1", "rack-c", "10.0.3.11/24", [route("default", "10.0.3.1")]);

/** rack-a ─ r1 ─ between ─ r2 ─ rack-c */
const r1: PlannedRouter = {
  name: "r1",
  ports: [port("eth0", "rack-a", "10.0.1.1/24"), port("eth1", "between", "10.0.2.1/24")],
  routes: [route("10.0.3.0/24", "10.0.2.2", "eth1")],
  proxyArp: false,
};
const r2: PlannedRouter = {
  name: "r2",
  ports: [port("eth0", "between", "10.0.2.2/24"), port("eth1", "rack-c", "10.0.3.1/24")],
  routes: [],
  proxyArp: false,
};

const planWith = (routers: readonly PlannedRouter[]): Plan => ({ ...base, nodes: [a1, a2, c1], routers });

const wayFrom = (
  from: PlannedNode,
  to: PlannedNode,
  departure: Departure = { onlink: false },
  routers: readonly PlannedRouter[] = [r1, r2],
): Way => underlayWay(planWith(routers), 4, from, to, departure);

const inWords = ({ leaves, routers, dies }: Way): string =>
  `${leaves ? "leaves" : "stays"} ${routers.map((step) => `${step.in}>${step.router}>${step.out ?? ""}`).join(" ")} ${dies === undefined ? "" : `${dies.node}: ${dies.because}`}`.trim();

describe("the way between nodes", () => {
  it("is the wire itself between neighbors, whether the route is onlink or not", () => {
    assert.equal(inWords(wayFrom(a1, a2)), "leaves");
    assert.equal(inWords(wayFrom(a1, a2, { onlink: true })), "leaves");
  });

  it("goes router by router, in by one port and out by another", () => {
    assert.equal(inWords(wayFrom(a1, c1)), "leaves eth0>r1>eth1 eth0>r2>eth1");
  });

  it("takes the longest of a node's routes, of its own family", () => {
    const both = node("a1", "rack-a", "10.0.1.11/24", [
      route("default", "10.0.1.9"),
      route("10.0.3.0/24", "10.0.1.1"),
      route("10.0.0.0/8", "10.0.1.9"),
      { ...route("10.0.3.11/32", "10.0.1.9"), family: 6 },
    ]);
    assert.equal(nextHop(both, 4, "10.0.3.11", false), "10.0.1.1");
    assert.equal(nextHop(both, 4, "10.9.9.9", false), "10.0.1.9");
    assert.equal(nextHop(both, 4, "192.0.2.1", false), "10.0.1.9", "by the default");
    assert.equal(nextHop(both, 4, "10.0.1.77", false), "10.0.1.77", "a neighbor");
    assert.equal(nextHop(both, 4, "10.0.3.11", true), "10.0.3.11", "whatever the interface says");
    assert.equal(nextHop(node("a1", "rack-a", "10.0.1.11/24", []), 4, "10.0.3.11", false), undefined);
    const equal = node("a1", "rack-a", "10.0.1.11/24", [
      route("10.0.3.0/24", "10.0.1.1"),
      route("10.0.3.0/24", "10.0.1.2"),
    ]);
    assert.equal(nextHop(equal, 4, "10.0.3.11", false), "10.0.1.1", "the first of two alike");
  });

  it("ends at the node that has no route, or whose next hop nobody answers for", () => {
    const lost = node("a1", "rack-a", "10.0.1.11/24", []);
    assert.equal(inWords(wayFrom(lost, c1)), "stays  a1: a1: it has no route to 10.0.3.11");
    const astray = node("a1", "rack-a", "10.0.1.11/24", [route("default", "10.0.1.99")]);
    assert.equal(inWords(wayFrom(astray, c1)), "stays  a1: a1: no host on rack-a answers for 10.0.1.99");
    assert.equal(
      inWords(wayFrom(a1, c1, { onlink: true })),
      "stays  a1: a1: no host on rack-a answers for 10.0.3.11",
      "an address of another segment",
    );
  });

  it("goes through a router that answers for others where it has a way there by another port", () => {
    const proxy = { ...r1, proxyArp: true };
    assert.equal(inWords(wayFrom(a1, c1, { onlink: true }, [proxy, r2])), "leaves eth0>r1>eth1 eth0>r2>eth1");
    const blind = { ...proxy, routes: [] };
    assert.match(inWords(wayFrom(a1, c1, { onlink: true }, [blind, r2])), /no host on rack-a answers/);
    const back = { ...proxy, routes: [route("10.0.3.0/24", "10.0.1.9", "eth0")] };
    assert.match(inWords(wayFrom(a1, c1, { onlink: true }, [back, r2])), /no host on rack-a answers/, "the same port");
  });

  it("ends in the router that has no route, must not route it, or does not let the form pass", () => {
    assert.equal(
      inWords(wayFrom(a1, c1, { onlink: false }, [{ ...r1, routes: [] }, r2])),
      "leaves eth0>r1> r1: r1 has no route to 10.0.3.11",
    );
    assert.equal(
      inWords(wayFrom(a1, c1, { onlink: false, unroutable: "no route to 198.19.0.0/26" })),
      "leaves eth0>r1> r1: r1 no route to 198.19.0.0/26",
    );
    const strict: PlannedRouter = { ...r2, allow: ["udp/4789"] };
    const through = (form: Departure["form"]): string =>
      inWords(wayFrom(a1, c1, form === undefined ? { onlink: false } : { onlink: false, form }, [r1, strict]));
    assert.equal(through("vxlan"), "leaves eth0>r1>eth1 eth0>r2>eth1");
    assert.equal(through("ipip"), "leaves eth0>r1>eth1 eth0>r2> r2: r2 passes on udp/4789 alone");
    assert.match(through(undefined), /r2 passes on udp\/4789 alone/, "plain, where nobody says a form");
  });

  it("ends where the routes after a router lead nowhere, or in a circle", () => {
    const astray = { ...r1, routes: [route("10.0.3.0/24", "10.0.2.99", "eth1")] };
    assert.equal(
      inWords(wayFrom(a1, c1, { onlink: false }, [astray, r2])),
      "leaves eth0>r1>eth1 r1: the routes after r1 lead nowhere",
    );
    const further = {
      ...r2,
      ports: [port("eth0", "between", "10.0.2.2/24"), port("eth1", "rack-d", "10.0.4.1/24")],
      routes: [route("10.0.3.0/24", "10.0.4.99", "eth1")],
    };
    assert.match(
      inWords(wayFrom(a1, c1, { onlink: false }, [r1, further])),
      /eth0>r1>eth1 eth0>r2>eth1 r2: the routes after r2 lead nowhere$/,
    );
    const round = {
      ...r2,
      ports: [port("eth0", "between", "10.0.2.2/24")],
      routes: [route("10.0.3.0/24", "10.0.2.1", "eth0")],
    };
    const circle = wayFrom(a1, c1, { onlink: false }, [r1, round]);
    assert.equal(circle.routers.length, 16);
    assert.match(circle.dies?.because ?? "", /lead nowhere/);
  });
});

describe("ways of equal cost", () => {
  it("are told apart between what they have in common, both ways, and are no way of a plan without ecmp", async () => {
    const plan = await planOf("ecmp-spines");
    const [near, far] = [plan.nodes[0], plan.nodes[2]];
    assert.ok(near !== undefined && far !== undefined);
    const words = (way: Way): string =>
      [way, ...(way.equal?.ways ?? []).map((routers) => ({ leaves: true, routers }))].map(inWords).join(" | ");
    const there = underlayWay(plan, 4, near, far, { onlink: false });
    assert.equal(
      words(there),
      "leaves eth0>leaf-a>eth1 eth0>leaf-b>eth1 | leaves eth0>spine1>eth1 | leaves eth0>spine2>eth1",
    );
    assert.equal(there.equal?.after, 1);
    assert.equal(
      words(underlayWay(plan, 4, far, near, { onlink: false })),
      "leaves eth1>leaf-b>eth0 eth1>leaf-a>eth0 | leaves eth1>spine1>eth0 | leaves eth1>spine2>eth0",
    );
    assert.equal(underlayWay(plan, 4, near, near, { onlink: false }).equal, undefined);
  });
});

describe("a router's exit", () => {
  it("is the port on the target's segment, or that of the route to it", () => {
    assert.equal(exitPorts(r2, 4, c1)[0]?.port.device, "eth1");
    assert.equal(exitPorts(r2, 4, c1)[0]?.via, undefined);
    assert.deepEqual([exitPorts(r1, 4, c1)[0]?.port.device, exitPorts(r1, 4, c1)[0]?.via], ["eth1", "10.0.2.2"]);
    assert.deepEqual(exitPorts({ ...r1, routes: [] }, 4, c1), []);
    assert.deepEqual(exitPorts({ ...r1, routes: [route("10.0.3.0/24", "10.0.2.2", "eth9")] }, 4, c1), []);
  });
});

describe("what a router lets pass", () => {
  it("is everything without a list, and else the tunnels on it", () => {
    for (const form of ["plain", "vxlan", "ipip"] as const) assert.equal(letsPass({}, form), true);
    assert.equal(letsPass({ allow: ["udp/4789"] }, "vxlan"), true);
    assert.equal(letsPass({ allow: ["udp/4789"] }, "ipip"), false);
    assert.equal(letsPass({ allow: ["ip/4"] }, "ipip"), true);
    assert.equal(letsPass({ allow: ["ip/4", "udp/4789"] }, "plain"), false);
    assert.equal(letsPass({ allow: [] }, "vxlan"), false);
  });
});
