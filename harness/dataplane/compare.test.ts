import assert from "node:assert/strict";
import type { Identities } from "../encap/identity.ts";
import { compareFacts, type ComparedFacts } from "./compare.ts";
import type { NodeFacts, RouteFact } from "./node-facts.ts";
import { explainDifference } from "./explain-difference.ts";

const identities = (third: number): Identities => ({
  nodes: [
    node("a1", `10.${third}.0.0/26`, `10.${third}.0.0`, "192.0.2.1"),
    node("b1", `10.${third}.1.0/26`, `10.${third}.1.0`, "192.0.2.2"),
  ],
  pods: [{ name: "a1-p1", node: "a1", addresses: { 4: `10.${third}.0.1` }, hostDevice: "cali1" }],
  services: [],
});

function node(name: string, block: string, tunnel: string, address: string): Identities["nodes"][number] {
  const registered = { 4: `${address}/24` };
  return {
    name,
    addresses: { 4: address },
    registered,
    uplink: "eth0",
    blocks: { 4: [block] },
    tunnelAddresses: { "vxlan.calico": tunnel },
  };
}

const toB1 = (third: number): RouteFact => ({
  family: 4,
  destination: `10.${third}.1.0/26`,
  via: `10.${third}.1.0`,
  device: "vxlan.calico",
  type: "unicast",
  protocol: "boot",
  onlink: true,
  mtu: 1450,
});

function facts(third: number, change: Partial<NodeFacts> = {}): ComparedFacts {
  const mac = "66:00:00:00:00:02";
  const a1: NodeFacts = {
    node: "a1",
    routes: [toB1(third)],
    links: [
      { device: "eth0", kind: "veth", mtu: 1500, up: true, mac: "02:00:00:00:00:01", addresses: ["192.0.2.1/24"] },
    ],
    fdb: [{ mac, destination: "192.0.2.2", device: "vxlan.calico" }],
    neighbors: [{ address: `10.${third}.1.0`, mac, device: "vxlan.calico", state: "PERMANENT" }],
  };
  return { facts: { nodes: [{ ...a1, ...change }] }, identities: identities(third) };
}

describe("comparison of two dataplanes", () => {
  it("finds nothing where only the addresses that were given out differ", () => {
    assert.deepEqual(compareFacts(facts(19), facts(77)), []);
  });

  it("tells whose route differs and how, and what only one of them has", () => {
    const { mtu, ...noMtu } = toB1(77);
    const [other, ...rest] = compareFacts(facts(19), facts(77, { routes: [noMtu], fdb: [] }));
    const route = { via: "via tunnel of b1 dev vxlan.calico proto boot onlink" };
    assert.deepEqual(other, {
      node: "a1",
      what: "route",
      subject: "IPv4 block of b1",
      a: `${route.via} mtu ${mtu ?? ""}`,
      b: route.via,
    });
    assert.deepEqual(
      rest.map(({ what, subject, a, b }) => [what, subject, a, b]),
      [["fdb", "192.0.2.2 on vxlan.calico", "66:00:00:00:00:02", undefined]],
    );
  });

  it("leaves out what traffic made and what is not a dataplane's business", () => {
    const reachable = { address: "192.0.2.2", mac: "02:00:00:00:00:02", device: "eth0", state: "REACHABLE" };
    const left = facts(19, { neighbors: [...(facts(19).facts.nodes[0]?.neighbors ?? []), reachable] });
    assert.deepEqual(compareFacts(left, facts(19)), []);
    const wire = { ...toB1(19), destination: "169.254.64.0/18", device: "mgmt0" };
    const wired = facts(19, { routes: [toB1(19), wire] });
    assert.equal(compareFacts(wired, facts(19)).length, 1);
    assert.deepEqual(compareFacts(wired, facts(19), ["mgmt0"]), []);
  });

  it("compares rules, whose addresses differ too, where both sides' could be read", () => {
    const rule = {
      family: 4,
      priority: 99,
      from: "all",
      not: true,
      others: [],
      fwmark: "0x100000",
      table: "1",
    } as const;
    const own = { ...rule, priority: 500, not: false, from: "10.19.0.0/26", table: "500" };
    const left = facts(19, { rules: [rule, own] });
    assert.deepEqual(compareFacts(left, facts(77)), []);
    assert.deepEqual(compareFacts(left, facts(77, { rules: [rule, { ...own, from: "10.77.0.0/26" }] })), []);
    assert.deepEqual(compareFacts(left, facts(77, { rules: [rule] })), [
      { node: "a1", what: "rule", subject: "IPv4 rule 500", a: "from block of a1 fwmark 0x100000 lookup 500" },
    ]);
  });

  it("explains what is known of Calico and the reference, and nothing else", () => {
    const pod = { address: "10.19.0.1", mac: "8e:ba:68:ed:28:8a", device: "cali1", state: "PERMANENT" };
    const own = facts(19).facts.nodes[0]?.neighbors ?? [];
    const differences = compareFacts(facts(19, { neighbors: [...own, pod], fdb: [] }), facts(77));
    assert.deepEqual(
      differences.map((difference) => [difference.subject, explainDifference(difference) !== undefined]),
      [
        ["192.0.2.2 on vxlan.calico", false],
        ["pod a1-p1 on cali1", true],
      ],
    );
  });
});
