import assert from "node:assert/strict";
import type { NodeFacts, RuleFact } from "../dataplane/node-facts.ts";
import type { Identities } from "../encap/identity.ts";
import { route, troubles } from "./node-troubles.fixture.ts";

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
