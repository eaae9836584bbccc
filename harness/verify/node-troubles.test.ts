import assert from "node:assert/strict";
import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts, RuleFact } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import type { Identities } from "../encap/identity.ts";
import type { ModeId } from "../encap/mode.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Plan } from "../topology/plan.ts";
import { verdictOn } from "./control-plane.ts";
import { agreeing } from "./node-facts.fixture.ts";
import { nextHopTroubles } from "./judge-next-hops.ts";
import { judgeNodes } from "./node-troubles.ts";

let plan: Plan;

const withMac = (link: NodeFacts["links"][number]): NodeFacts["links"][number] =>
  link.device === "eth0" ? { ...link, mac: "02:00:00:00:00:03" } : link;
before(async () => {
  plan = await planOf("two-racks");
});

interface Changes {
  readonly mode?: ModeId;
  readonly of?: string;
  readonly identities?: (identities: Identities) => Identities;
  readonly registered?: DataplaneFacts["registered"];
}

/** The texts of a1's troubles (or another node's) in a network that agrees but for a change of one node's facts. */
function troubles(change: (facts: NodeFacts) => Partial<NodeFacts>, changes: Changes = {}): readonly string[] {
  const {
    mode: id = "vxlan-cross-subnet",
    of = "a1",
    identities: changed = (all: Identities) => all,
    registered,
  } = changes;
  const mode = modeOf(id);
  const identities = changed(identitiesFromAllocation(plan, mode));
  const nodes = expectControlPlane(plan, mode, identities)
    .map(agreeing)
    .map((facts, index) => ({
      ...facts,
      links: facts.links.map((link) => (link.device === "eth0" ? { ...link, mac: `02:00:00:00:00:0${index}` } : link)),
    }))
    .map((facts) => (facts.node === "a1" ? { ...facts, ...change(facts) } : facts));
  const facts = { nodes, ...(registered === undefined ? {} : { registered }) };
  const judged = judgeNodes({ plan, mode, identities, facts });
  return judged.find(({ expected }) => expected.node === of)?.troubles.map(({ text }) => text) ?? [];
}

const route = { family: 4, type: "unicast", protocol: "static", onlink: false } as const;

describe("the ways to other nodes", () => {
  const withRoute = (extra: object): readonly string[] =>
    troubles(({ routes }) => ({ routes: [...routes, { ...route, destination: "", ...extra }] }));

  it("are as the plan makes them in a network that agrees", () => {
    assert.deepEqual(
      troubles(() => ({})),
      [],
    );
  });

  it("are told when a foreign route takes a node's address, outside all blocks of pods", () => {
    assert.deepEqual(withRoute({ destination: "198.18.2.11", via: "198.18.1.99", device: "eth0" }), [
      "packets to b1's address 198.18.2.11 take 198.18.2.11 via 198.18.1.99 dev eth0 proto static, not via 198.18.1.1 dev eth0",
    ]);
    assert.equal(withRoute({ destination: "198.18.2.0/24", type: "unreachable" }).length, 2);
    assert.equal(withRoute({ destination: "198.18.1.12", via: "198.18.1.1", device: "eth0" }).length, 1);
  });

  it("are told when a second default route has the lower metric, and not when it has the higher", () => {
    const other = { destination: "default", via: "198.18.1.99", device: "eth0" };
    const ranked = (own: number, foreign: number): readonly string[] =>
      troubles(({ routes }) => ({
        routes: [
          ...routes.map((one) => (one.destination === "default" ? { ...one, metric: own } : one)),
          { ...route, ...other, metric: foreign },
        ],
      }));
    assert.equal(ranked(100, 50).length, 2);
    assert.deepEqual(ranked(50, 100), []);
  });

  it("leave routes alone that no packet of the lab can take", () => {
    assert.deepEqual(withRoute({ destination: "10.9.0.0/16", via: "198.18.1.99", device: "eth0" }), []);
    assert.deepEqual(withRoute({ destination: "198.19.0.0/16", via: "198.18.1.99", device: "eth0" }), []);
  });

  it("need a route to the pods' gateway, without which nobody answers their ARP", () => {
    const without = troubles(({ routes }) => ({
      routes: routes.filter(({ destination }) => destination !== "default"),
    }));
    assert.equal(without.filter((text) => text.startsWith("no route to 169.254.1.1, the pods' gateway")).length, 1);
  });
});

describe("routes to blocks", () => {
  it("do not let less through to a peer than the uplink carries", () => {
    const narrowed = (mtu: number) =>
      troubles(({ routes }) => ({
        routes: routes.map((one) => (one.destination === "default" ? { ...one, mtu } : one)),
      }));
    assert.deepEqual(narrowed(1500), []);
    assert.match(
      narrowed(1280).join(),
      /^default via 198\.18\.1\.1 dev eth0 .*mtu 1280 lets only 1280 bytes through to b1's address 198\.18\.2\.11, where eth0 carries 1500/,
    );
  });

  it("do not share packets among several next hops", () => {
    const shared = troubles(({ routes }) => ({
      routes: routes.map(({ via, device, ...one }) =>
        one.destination === "198.19.0.64/26"
          ? {
              ...one,
              hops: [
                { via: via ?? "", device: device ?? "", weight: 1 },
                { via: "198.18.1.99", device: "eth0", weight: 1 },
              ],
            }
          : { ...one, ...(via === undefined ? {} : { via }), ...(device === undefined ? {} : { device }) },
      ),
    }));
    assert.deepEqual(
      shared,
      [
        "route 198.19.0.64/26 nexthop via 198.18.1.12 dev eth0 weight 1 nexthop via 198.18.1.99 dev eth0 weight 1 proto 80, " +
          "not 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink (block of a2)",
      ].map((text) => text.replace("proto 80, not", "proto 80 onlink, not")),
    );
  });

  it("may have one for a pod whose address was borrowed from another node's block, by the way of its node", () => {
    const borrowed = { ...route, destination: "198.19.0.140", protocol: "80", onlink: true };
    const direct = { via: "198.18.1.12", device: "eth0" };
    const added = (extra: object) => troubles(({ routes }) => ({ routes: [...routes, { ...borrowed, ...extra }] }));
    assert.deepEqual(added(direct), []);
    assert.equal(added({ via: "198.18.1.99", device: "eth0" }).length, 1);
    assert.equal(added({ ...direct, protocol: "static" }).length, 1);
    // A pod of the lab that is known to be on b1 is not on a2.
    assert.equal(added({ ...direct, destination: "198.19.0.129" }).length, 1);
  });

  it("must have none past the tunnel to a tunnel's own address, not even by the way of its node", () => {
    const past = { destination: "198.19.0.64", via: "198.18.1.12", device: "eth0", protocol: "80", onlink: true };
    assert.deepEqual(
      troubles(({ routes }) => ({ routes: [...routes, { ...route, ...past }] })),
      ["unexpected route 198.19.0.64 via 198.18.1.12 dev eth0 proto 80 onlink"],
    );
  });

  it("must have one for a pod of the lab with a borrowed address", () => {
    const identities = (all: Identities): Identities => ({
      ...all,
      pods: all.pods.map((pod) => (pod.name === "a2-p2" ? { ...pod, addresses: { 4: "198.19.0.140" } } : pod)),
    });
    assert.deepEqual(
      troubles(({ routes }) => ({ routes: routes.filter(({ destination }) => destination !== "198.19.0.140") }), {
        identities,
      }),
      ["no route 198.19.0.140 via 198.18.1.12 dev eth0 proto 80 onlink (pod a2-p2 on a2, its address is borrowed)"],
    );
  });
});

describe("rules", () => {
  const main: RuleFact = { family: 4, priority: 32766, from: "all", not: false, others: [], table: "main" };
  const rule: RuleFact = { ...main, priority: 500, from: "198.19.0.0/26", table: "500" };
  const away = { ...route, destination: "default", via: "198.18.1.1", device: "eth0", table: "500" };
  const withRules = (rules: readonly RuleFact[], otherTables: NodeFacts["otherTables"] = [away]): readonly string[] =>
    troubles(() => ({ rules, otherTables }));

  it("are told when they take pods' packets past the main table", () => {
    assert.deepEqual(withRules([main, rule]), [
      "rule 500: from 198.19.0.0/26 lookup 500 (default via 198.18.1.1 dev eth0 proto static) is evaluated before main",
    ]);
    assert.equal(withRules([main, { ...rule, from: "all" }]).length, 1);
    assert.equal(withRules([main, { ...rule, iif: "eth0" }]).length, 1);
    assert.equal(withRules([main, { ...rule, not: true, from: "all", fwmark: "0x100000/0x100000" }]).length, 1);
    const { table, ...without } = rule;
    assert.equal(table, "500");
    assert.match(withRules([main, { ...without, action: "prohibit" }]).join(), /prohibit \(ends packets\)/);
  });

  it("are passed over where they concern others, come after main, or lead where main leads", () => {
    const harmless: readonly RuleFact[] = [
      { ...rule, from: "10.0.0.0/8" },
      { ...rule, iif: "docker0" },
      { ...rule, fwmark: "0x1" },
      { ...rule, others: ["dport 53"] },
      { ...rule, priority: 40000 },
      { ...rule, to: "10.0.0.0/8" },
      { ...rule, table: "empty" },
      { ...rule, suppressed: 0 },
      // A second leg's own table, whose default is the one of main.
      { ...rule, from: "198.18.1.11", to: "198.18.2.0/24" },
    ];
    for (const one of harmless) assert.deepEqual(withRules([main, one]), [], JSON.stringify(one));
  });

  it("must lead to the main table", () => {
    assert.deepEqual(withRules([]), []);
    assert.deepEqual(withRules([{ ...main, table: "local" }]), ["no rule leads to the main table of IPv4"]);
  });
});

describe("addresses and MACs", () => {
  it("belong to one node each", () => {
    const doubled = troubles(({ links }) => ({
      links: links.map((link) =>
        link.device === "eth0" ? { ...link, addresses: [...link.addresses, "198.18.1.12/32"] } : link,
      ),
    }));
    assert.deepEqual(doubled, ["eth0 has 198.18.1.12, which is a2's address"]);
    const gateway = troubles(({ links }) => ({
      links: links.map((link) =>
        link.device === "eth0" ? { ...link, addresses: [...link.addresses, "198.18.1.1/24"] } : link,
      ),
    }));
    assert.deepEqual(gateway, ["eth0 has 198.18.1.1, which is the router tor's address"]);
    const pods = troubles(({ links }) => ({
      links: [...links, { ...(links[0] ?? assert.fail()), device: "dummy0", addresses: ["198.19.0.129/32"] }],
    }));
    assert.deepEqual(pods, ["dummy0 has 198.19.0.129, which is the address of pod b1-p1"]);
    const bridge = troubles(({ links }) => ({
      links: [...links, { ...(links[0] ?? assert.fail()), device: "docker0", addresses: ["198.19.0.129/32"] }],
    }));
    assert.deepEqual(bridge, []);
    const ownPod = troubles(({ links }) => ({
      links: [...links, { ...(links[0] ?? assert.fail()), device: "dummy0", addresses: ["198.19.0.1/32"] }],
    }));
    assert.deepEqual(ownPod, ["dummy0 has 198.19.0.1, which is the address of pod a1-p1"], "its node has it as little");
  });

  it("are the machine's own in table local, which the kernel asks first, and no other's", () => {
    const entry = { family: 4, type: "local", protocol: "kernel", onlink: false, device: "eth0" } as const;
    const own = [
      { ...entry, destination: "198.18.1.11" },
      { ...entry, destination: "198.19.0.0", device: "vxlan.calico" },
    ];
    const withTable = (...table: NonNullable<NodeFacts["localTable"]>): readonly string[] =>
      troubles(() => ({ localTable: table }));
    assert.deepEqual(withTable(...own), []);
    assert.deepEqual(withTable(), [], "an old ip(8) tells nothing of it");
    const byHand = { ...entry, protocol: "boot", device: "lo" };
    assert.deepEqual(withTable(...own, { ...byHand, destination: "203.0.113.7" }), []);
    assert.deepEqual(withTable(...own, { ...byHand, destination: "198.19.0.129" }), [
      'table local has "local 198.19.0.129 dev lo", which comes before all routes and takes what is for 198.19.0.129, the address of pod b1-p1',
    ]);
    assert.match(withTable(...own, { ...byHand, destination: "198.19.0.128/26" })[0] ?? "", / and \d more$/);
    assert.deepEqual(withTable(...own.slice(1)), [
      "eth0 has 198.18.1.11, and table local does not: the machine passes on, or refuses, what is for itself",
    ]);
  });

  it("are told of both nodes that send from one MAC on one segment, and of none on different segments", () => {
    const same =
      (node: number) =>
      ({ links }: NodeFacts): Partial<NodeFacts> => ({
        links: links.map((link) => (link.device === "eth0" ? { ...link, mac: `02:00:00:00:00:0${node}` } : link)),
      });
    assert.deepEqual(troubles(same(1)), ["a1/eth0 and a2/eth0 both send from 02:00:00:00:00:01"]);
    assert.deepEqual(troubles(same(1), { of: "a2" }), ["a2/eth0 and a1/eth0 both send from 02:00:00:00:00:01"]);
    assert.deepEqual(troubles(same(2)), []);
    const { mac = "" } = plan.routers[0]?.ports[0] ?? {};
    const asRouter = troubles(({ links }) => ({
      links: links.map((link) => (link.device === "eth0" ? { ...link, mac } : link)),
    }));
    assert.deepEqual(asRouter, [`a1/eth0 and tor/eth0 both send from ${mac}`]);
  });

  it("are told where the neighbor table has another machine's MAC for a node, or an unknown one for good", () => {
    const entry = (mac: string, state: string, address = "198.18.1.12") =>
      troubles(({ neighbors }) => ({ neighbors: [...neighbors, { address, mac, device: "eth0", state }] }));
    assert.deepEqual(entry("02:00:00:00:00:03", "REACHABLE"), [
      "frames for a2's address 198.18.1.12 go to 02:00:00:00:00:03 (b2/eth0's, neighbor REACHABLE on eth0), not to 02:00:00:00:00:01",
    ]);
    assert.match(entry("0a:00:00:00:00:09", "PERMANENT").join(), /go to 0a:00:00:00:00:09 \(nobody's here/);
    assert.deepEqual(entry("02:00:00:00:00:01", "STALE"), []);
    // A cloud's network answers ARP itself.
    assert.deepEqual(entry("12:34:56:78:9a:bc", "REACHABLE"), []);
    assert.deepEqual(entry("02:00:00:00:00:03", "REACHABLE", "198.18.1.99"), []);
  });

  it("are told of the machine that has an address by the plan, where another has it too", () => {
    const mode = modeOf("vxlan-cross-subnet");
    const identities = identitiesFromAllocation(plan, mode);
    const [port] = plan.routers[0]?.ports ?? [];
    assert.ok(port);
    const nodes = expectControlPlane(plan, mode, identities).map(agreeing);
    const mac = nodes.find(({ node }) => node === "a2")?.links[0]?.mac ?? "";
    const knows = (own: string): readonly NodeFacts[] =>
      nodes.map((facts) =>
        facts.node === "a1"
          ? { ...facts, neighbors: [{ address: "198.18.1.12", mac: own, device: "eth0", state: "REACHABLE" }] }
          : facts,
      );
    const link = { device: port.device, kind: "veth", mtu: 1500, up: true, mac: port.mac };
    const addresses = ["198.18.1.1/24", "198.18.1.12/24"];
    const routers: NodeFacts[] = [{ node: "tor", routes: [], links: [{ ...link, addresses }], fdb: [], neighbors: [] }];
    const told = (own: string): readonly string[] =>
      (nextHopTroubles(plan, identities, { nodes: knows(own), routers }).get("a1") ?? []).map(({ text }) => text);
    assert.deepEqual(told(mac), []);
    assert.match(told(port.mac).join(), /^frames for a2's address 198\.18\.1\.12 go to .* \(tor\/eth0's/);
  });

  it("are not told where a router answers ARP for the other racks, as proxyArp says", () => {
    const mode = modeOf("vxlan-cross-subnet");
    const [tor] = plan.routers;
    const [port] = tor?.ports ?? [];
    assert.ok(tor && port);
    const identities = identitiesFromAllocation(plan, mode);
    const neighbor = { address: "198.18.2.11", mac: port.mac, device: "eth0", state: "REACHABLE" };
    const nodes = expectControlPlane(plan, mode, identities)
      .map(agreeing)
      .map((facts) => (facts.node === "a1" ? { ...facts, neighbors: [...facts.neighbors, neighbor] } : facts))
      .map((facts) => (facts.node === "b1" ? { ...facts, links: facts.links.map(withMac) } : facts));
    const link = {
      device: port.device,
      kind: "veth",
      mtu: 1500,
      up: true,
      mac: port.mac,
      addresses: ["198.18.1.1/24"],
    };
    const router: NodeFacts = { node: "tor", routes: [], links: [link], fdb: [], neighbors: [] };
    const told = (proxyArp: boolean): readonly string[] => {
      const routed = { ...plan, routers: [{ ...tor, proxyArp }] };
      const found = nextHopTroubles(routed, identities, { nodes, routers: [router] });
      return (found.get("a1") ?? []).map(({ text }) => text);
    };
    assert.deepEqual(told(true), []);
    assert.match(told(false).join(), /^frames for b1's address 198\.18\.2\.11 go to 02:00:00:01:00:01/);
  });

  it("are a VXLAN device that speaks no ARP, or that a bridge has taken", () => {
    const changed = (change: Partial<NodeFacts["links"][number]>) =>
      troubles(({ links }) => ({
        links: links.map((link) => (link.device === "vxlan.calico" ? { ...link, ...change } : link)),
      }));
    assert.deepEqual(changed({ noArp: true }), ["vxlan.calico neither asks nor answers ARP (arp off)"]);
    assert.deepEqual(changed({ master: "br9" }), ["vxlan.calico is a part of br9, which takes its packets"]);
  });

  it("are on the uplink with the prefix that the node has, and registered so", () => {
    const narrow = troubles(({ links }) => ({
      links: links.map((link) => (link.device === "eth0" ? { ...link, addresses: ["198.18.1.11/32"] } : link)),
    }));
    assert.deepEqual(narrow, ["eth0 has 198.18.1.11/32, not 198.18.1.11/24"]);
    const registered = (address: string) => [{ node: "a1", addresses: [address] }];
    assert.deepEqual(
      troubles(() => ({}), { registered: registered("198.18.1.11/32") }),
      ["Calico has registered 198.18.1.11/32, not 198.18.1.11/24"],
    );
    assert.deepEqual(
      troubles(() => ({}), { registered: registered("198.18.1.11/24") }),
      [],
    );
  });
});

describe("settings and VXLAN's options", () => {
  it("must let the node pass packets on and answer its pods' ARP", () => {
    const setting = (name: string, value: string) => troubles(() => ({ settings: { [name]: value } }));
    assert.deepEqual(setting("ipv4.ip_forward", "0"), [
      "ipv4.ip_forward is 0, not 1: the node does not forward packets",
    ]);
    assert.equal(setting("ipv4.conf.eth0.forwarding", "0").length, 1);
    assert.equal(setting("ipv4.conf.vxlan.calico.forwarding", "0").length, 1);
    const pod = plan.allocation.pods.find(({ node }) => node === "a1")?.hostDevice ?? "";
    assert.equal(setting(`ipv4.conf.${pod}.proxy_arp`, "0").length, 1);
    assert.deepEqual(setting("ipv4.conf.docker0.forwarding", "0"), []);
    assert.deepEqual(setting("ipv4.ip_forward", "1"), []);
  });

  it("are Felix's: checksums, the host's TTL, DF and range of source ports, the uplink as parent", () => {
    const option = (change: object) =>
      troubles(({ links }) => ({
        links: links.map((link) =>
          link.vxlan === undefined ? link : { ...link, vxlan: { ...link.vxlan, ...change } },
        ),
      }));
    assert.deepEqual(option({ udpChecksum: false }), ["vxlan.calico has noudpcsum, Calico's has udpcsum"]);
    assert.deepEqual(option({ ttl: 12 }), ["vxlan.calico has ttl 12, Calico's has ttl auto"]);
    assert.deepEqual(option({ df: "set" }), ["vxlan.calico has df set, Calico's has df unset"]);
    assert.deepEqual(option({ sourcePorts: [5000, 5001] }), [
      "vxlan.calico has srcport 5000 5001, Calico's has srcport 0 0 (the host's range)",
    ]);
    assert.deepEqual(option({ options: ["gbp", "group 239.1.1.1"] }), [
      "vxlan.calico has gbp, group 239.1.1.1, Calico's has none of these",
    ]);
    assert.deepEqual(option({ parent: "eth1" }), ["vxlan.calico sends through eth1, not eth0"]);
    assert.match(option({ parent: "none" }).join(), /^vxlan.calico sends through whatever device .* not eth0$/);
    assert.deepEqual(option({ udpChecksum: true, ttl: 0, df: "unset", sourcePorts: [0, 0], parent: "eth0" }), []);
  });
});

describe("FDB entries that lead nowhere in particular", () => {
  it("are none of Calico's: broadcasts, and frames to whom nobody knows, would go there", () => {
    const entry = (mac: string, device: string) =>
      troubles(({ fdb }) => ({ fdb: [...fdb, { mac, destination: "198.18.2.12", device }] }));
    assert.deepEqual(entry("00:00:00:00:00:00", "vxlan.calico"), [
      "FDB entry 00:00:00:00:00:00 on vxlan.calico sends broadcasts to 198.18.2.12: Calico makes none",
    ]);
    assert.equal(entry("33:33:00:00:00:01", "vxlan.calico").length, 1);
    assert.deepEqual(entry("00:00:00:00:00:00", "flannel.1"), [], "another's device");
    assert.deepEqual(entry("66:00:00:00:00:99", "vxlan.calico"), [], "a node that has gone");
  });
});

describe("what could not be read", () => {
  const id = "vxlan-cross-subnet";
  const verdict = (change: Partial<NodeFacts>) => {
    const mode = modeOf(id);
    const identities = identitiesFromAllocation(plan, mode);
    const nodes = expectControlPlane(plan, mode, identities).map(agreeing);
    const facts = { nodes: nodes.map((node) => (node.node === "a1" ? { ...node, ...change } : node)) };
    const [judgment] = judgeNodes({ plan, mode, identities, facts });
    assert.ok(judgment);
    return verdictOn(judgment, mode);
  };

  it("is never absent: the verdict is inconclusive, not red", () => {
    const { status, reason } = verdict({ fdb: [], unreadable: [{ what: "FDB", because: "bridge: not found" }] });
    assert.equal(status, "inconclusive");
    assert.match(reason ?? "", /^FDB of a1 could not be read \(bridge: not found\)/);
  });

  it("does not hide what could be read and is wrong", () => {
    const unreadable = [{ what: "FDB", because: "bridge: not found" }] as const;
    const { status, evidence } = verdict({ fdb: [], neighbors: [], unreadable });
    assert.equal(status, "fail");
    assert.ok(evidence.includes("FDB: unreadable, bridge: not found"));
  });

  it("does not matter where it only explains failures", () => {
    assert.equal(verdict({ unreadable: [{ what: "packet filters", because: "nft: not found" }] }).status, "pass");
  });
});
