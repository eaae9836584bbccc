import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import type { LinkFact, NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { firewallTable } from "../lab/raise-firewalls.ts";
import { agreeing } from "../verify/node-facts.fixture.ts";
import { findCauses } from "./find-causes.ts";
import { causes, first } from "./incident.fixture.ts";
import { fallback, rules } from "./registry.ts";

const withLocal = (link: LinkFact, local: string): LinkFact =>
  link.vxlan === undefined ? link : { ...link, vxlan: { ...link.vxlan, local } };

const plan = await planOf("two-racks");
const mode = modeOf("vxlan-cross-subnet");

const dropping =
  (...rules: readonly string[]): (() => Partial<NodeFacts>) =>
  () => ({
    drops: rules.map((rule) => ({ where: "table ip x chain f", hook: "forward", rule })),
  });

describe("causes", () => {
  it("name of several rules in one place each that ends what the others let pass, and of what whole paths lose only the paths", () => {
    const other = "pod-to-pod/same-subnet/v4/a2->a1";
    const both = first({
      silent: ["a1/eth0", "a2/eth0", "a2/cali"],
      after: { a1: dropping("icmp type echo-request drop", "tcp dport 8080 drop", "tcp dport 9 drop") },
    });
    assert.match(
      both,
      /^packet-filter: a1 drops packets: table ip x chain f: icmp type echo-request drop; and table ip x chain f: tcp dport 8080 drop; lost there: all packets/,
    );
    assert.doesNotMatch(both, /dport 9/);
    assert.match(
      first({ silent: ["a1/eth0", "a2/eth0", "a2/cali"], beside: [other], after: { a1: dropping("drop") } }),
      /lost there: all packets \((\d+) of \1\)/,
    );
  });

  it("do not hide what ends packets behind a setting of the node's that ends none, or that is about another peer", () => {
    const silent = ["a1/eth0", "a2/eth0", "a2/cali"];
    const tunnel = (change: object) => (facts: NodeFacts) => ({
      ...dropping("tcp dport 8080 drop")(),
      links: facts.links.map((link) => (link.vxlan === undefined ? link : { ...link, ...change })),
    });
    const named = (a1: (facts: NodeFacts) => Partial<NodeFacts>): readonly string[] =>
      causes({ silent, after: { a1 } }).map(({ name }) => name);
    assert.deepEqual(named(tunnel({ mtu: 1280 })), ["tunnel-device", "packet-filter"]);
    assert.deepEqual(named(tunnel({ up: false })), ["tunnel-device"], "which ends what the filter may have ended");
    const selecting = { family: 4, priority: 32766, from: "all", not: false, others: [] } as const;
    const main = { ...selecting, table: "main" } as const;
    const ending = (to: string) => () => ({
      ...dropping("tcp dport 8080 drop")(),
      rules: [main, { ...selecting, priority: 100, to, action: "blackhole" }],
    });
    assert.deepEqual(named(ending("198.19.0.128/26")), ["policy-rule", "packet-filter"]);
    assert.deepEqual(named(ending("198.19.0.0/16")), ["policy-rule"]);
  });

  it("tell the registered prefix, with the peers that it leaves out and the way to fix it", () => {
    const registered = [{ node: "a1", addresses: ["198.18.1.11/32"] }];
    const toTunnel = ({ routes }: NodeFacts): Partial<NodeFacts> => ({
      routes: routes.map((route) =>
        route.destination === "198.19.0.64/26"
          ? { ...route, via: "198.19.0.64", device: "vxlan.calico", protocol: "boot" }
          : route,
      ),
    });
    const [cause, ...others] = causes({ registered, after: { a1: toTunnel } });
    assert.equal(cause?.sentence, "a1 is registered as 198.18.1.11/32, so Calico takes a2 for another subnet");
    assert.match(cause.fix, /IP_AUTODETECTION_METHOD/);
    assert.ok(cause.issues.includes("#3003"));
    assert.deepEqual(others, [], "its routes are consequences");
  });

  it("are told as one where the same has befallen more nodes than a reader takes in sentences", () => {
    const throughTunnel = ({ routes }: NodeFacts): Partial<NodeFacts> => ({
      routes: routes.map((route) =>
        route.device === "eth0" && route.destination.startsWith("198.19.")
          ? { ...route, device: "vxlan.calico", via: route.destination.split("/")[0] ?? "", protocol: "80" }
          : route,
      ),
    });
    const nodes = ["a1", "a2", "b1", "b2"];
    const found = causes({ after: Object.fromEntries(nodes.map((node) => [node, throughTunnel])) });
    const [prefix] = found.filter(({ name }) => name === "registered-prefix");
    assert.match(
      prefix?.sentence ?? "",
      /^a1 sends to all .*; and 3 more of the kind: a2 sends to all .* \(2 further in the evidence\)$/,
    );
    for (const node of nodes)
      assert.ok(
        prefix?.evidence.some((line) => line.startsWith(`${node}: `)),
        node,
      );
    for (const node of nodes)
      assert.ok(
        prefix?.explains.some((id) => id.endsWith(`control-plane/${node}`)),
        node,
      );
    assert.equal(found.filter(({ name }) => name === "registered-prefix").length, 1);
  });

  it("do not take a tunnel's route with another MTU for one of a registered /32", () => {
    const narrow = ({ routes }: NodeFacts): Partial<NodeFacts> => ({
      routes: routes.map((route) => (route.destination === "198.19.0.128/26" ? { ...route, mtu: 1000 } : route)),
    });
    assert.match(
      first({ path: "a1->b1", after: { a1: narrow } }),
      /^wrong-route: a1: route 198\.19\.0\.128\/26 .* mtu 1000, not .* mtu 1450/,
    );
  });

  it("tell a node that Calico knows by its address in another network", async () => {
    const [cause, ...others] = causes({
      plan: await planOf("two-uplinks"),
      registered: [{ node: "a1", addresses: ["198.18.100.11/24"] }],
      after: { a1: ({ links }) => ({ links: links.map((link) => withLocal(link, "198.18.100.11")) }) },
    });
    assert.deepEqual(others, []);
    assert.equal(
      `${cause?.name}: ${cause?.sentence}`,
      "autodetection: Calico knows a1 by 198.18.100.11 in mgmt, not by 198.18.1.11 of its uplink eth0: its autodetection took the wrong network",
    );
    assert.match(cause?.fix ?? "", /IP_AUTODETECTION_METHOD=cidr=198\.18\.1\.0\/24,198\.18\.2\.0\/24 /);
    assert.deepEqual(cause?.evidence, [
      "a1: Calico has registered 198.18.100.11/24, not 198.18.1.11/24",
      "a1: vxlan.calico sends from 198.18.100.11",
    ]);
  });

  it("tell two nodes with one MAC in one sentence", () => {
    const same = ({ links }: NodeFacts): Partial<NodeFacts> => ({
      links: links.map((link) => (link.device === "eth0" ? { ...link, mac: "02:00:00:00:00:01" } : link)),
    });
    const found = causes({ after: { a1: same, a2: same } }).filter(({ name }) => name === "same-mac");
    assert.ok(found.length > 0);
    assert.match(found[0]?.sentence ?? "", /a1\/eth0 and a2\/eth0 both send from 02:00:00:00:00:01/);
  });

  it("tell a rule before main, no default route, and forwarding that is off", () => {
    const selecting = { family: 4, priority: 32766, from: "all", not: false, others: [] } as const;
    const main = { ...selecting, table: "main" } as const;
    const away = { family: 4, destination: "default", type: "unicast", protocol: "static", onlink: false } as const;
    const rule = (): Partial<NodeFacts> => ({
      rules: [main, { ...main, priority: 500, from: "198.19.0.0/26", table: "500" }],
      otherTables: [{ ...away, via: "198.18.1.1", device: "eth0", table: "500" }],
    });
    assert.match(first({ after: { a1: rule } }), /^policy-rule: a1: rule 500: from 198.19.0.0\/26 lookup 500 /);
    const marked = (facts: NodeFacts): Partial<NodeFacts> => {
      const { otherTables = [] } = rule();
      return { ...facts, rules: [main, { ...main, priority: 500, fwmark: "0x7", table: "500" }], otherTables };
    };
    assert.match(first({ after: { a1: marked } }), /^selective-rule: a1: rule 500: from all fwmark 0x7 lookup 500 /);
    // It is no reason for what fails elsewhere.
    assert.doesNotMatch(first({ after: { b2: marked } }), /selective-rule/);
    const none = ({ routes }: NodeFacts): Partial<NodeFacts> => ({
      routes: routes.filter(({ destination }) => destination !== "default"),
    });
    assert.match(first({ after: { a1: none } }), /^no-default-route: a1 has no default route/);
    const off = (): Partial<NodeFacts> => ({ settings: { "ipv4.ip_forward": "0" } });
    assert.match(first({ after: { a2: off } }), /^forwarding-off: a2: ipv4.ip_forward is 0/);
  });

  it("tell the filter on the node in which the trail ends, by its counter that grew", () => {
    const drops = (packets: number) => (): Partial<NodeFacts> => ({
      drops: [{ where: "table ip fw chain f", hook: "forward", rule: "ct state invalid drop", packets }],
    });
    const silent = ["a2/cali"];
    assert.match(
      first({ silent, earlier: { a2: drops(3) }, after: { a2: drops(8) } }),
      /^packet-filter: a2 drops packets: table ip fw chain f: ct state invalid drop \(5 packets during the probes\)/,
    );
    assert.match(first({ silent, earlier: { a2: drops(3) }, after: { a2: drops(3) } }), /^common-ground: /);
    assert.match(first({ silent, earlier: { b2: drops(3) }, after: { b2: drops(8) } }), /^common-ground: /);
    const policy = (): Partial<NodeFacts> => ({
      drops: [{ where: "table ip docker chain FORWARD", hook: "forward", rule: "policy drop" }],
    });
    assert.match(first({ silent, after: { a2: policy } }), /^packet-filter: a2 .* chain FORWARD: policy drop/);
  });

  it("tell a policy of Calico's by the end of a workload's chain, as nft lists it, once for all pods, with the policies' names", () => {
    const silent = ["a2/cali"];
    const rule = "meta mark & 0x00020000 == 0x00000000 drop";
    const denied = (packets: number) => (): Partial<NodeFacts> => ({
      drops: ["cali-tw-cali664ea983ed2", "cali-fw-cali850be6a408c"].map((chain) => ({
        where: `table ip filter chain ${chain}`,
        rule,
        packets,
      })),
    });
    const changes = { silent, after: { a1: denied(9), a2: denied(9) }, earlier: { a1: denied(0), a2: denied(0) } };
    const [cause, ...others] = causes({ ...changes, declared: { policies: ["GlobalNetworkPolicy default-deny"] } });
    assert.equal(cause?.name, "calico-policy");
    assert.match(cause.sentence, /^a policy denies packets on /);
    assert.equal(cause.evidence[0], "policies there: GlobalNetworkPolicy default-deny");
    assert.deepEqual(
      others.filter(({ name }) => name === "calico-policy"),
      [],
    );
    const invalid = (packets: number) => (): Partial<NodeFacts> => ({
      drops: [{ where: "table ip filter chain cali-fw-cali1", rule: "ct state invalid drop", packets }],
    });
    assert.match(first({ silent, after: { a2: invalid(9) }, earlier: { a2: invalid(0) } }), /^packet-filter/);
  });

  it("tell that FelixConfiguration asks for WireGuard and a node has none, and not where it has", () => {
    const declared = { encryptionAsked: ["FelixConfiguration default (wireguardEnabled)"] };
    const [cause] = causes({ declared });
    assert.equal(cause?.name, "tunnel-device");
    assert.match(cause.sentence, /wireguardEnabled\) asks for WireGuard.*packets are not encrypted/);
    assert.match(cause.fix, /wireguardEnabled: false/);
    const device = { device: "wireguard.cali", kind: "wireguard", mtu: 1440, up: true, mac: "", addresses: [] };
    const has = ({ links }: NodeFacts): Partial<NodeFacts> => ({ links: [...links, device] });
    const everywhere = Object.fromEntries(["a1", "a2", "b1", "b2"].map((node) => [node, has] as const));
    assert.doesNotMatch(first({ declared, after: everywhere }), /WireGuard/);
  });

  it("tell what keeps packets out of WireGuard: a rule that is missing, a device that is down, a node whose key nobody knows", async () => {
    const encrypted = await planOf("wireguard");
    const found = (after: Parameters<typeof first>[0]["after"] = {}): string => first({ plan: encrypted, after });
    assert.doesNotMatch(found(), /unencrypted|rule|device/);
    const withoutRule = ({ rules = [] }: NodeFacts): Partial<NodeFacts> => ({ rules: rules.filter(({ not }) => !not) });
    assert.match(found({ a1: withoutRule }), /^unencrypted: a1: no rule asks table 1, .*wireguard\.cali .*priority 99/);
    const down = ({ links }: NodeFacts): Partial<NodeFacts> => ({
      links: links.map((link) => (link.kind === "wireguard" ? { ...link, up: false } : link)),
      otherTables: [],
    });
    assert.match(found({ b1: down }), /^unencrypted: b1: wireguard\.cali is down: packets from and to its pods travel/);
    const withoutB1 = ({ wireguard = [], otherTables = [] }: NodeFacts): Partial<NodeFacts> => ({
      wireguard: wireguard.map((one) => ({
        ...one,
        peers: one.peers.filter((peer) => peer.endpoint !== "198.18.2.11"),
      })),
      otherTables: otherTables.filter(({ destination }) => !destination.startsWith("198.19.0.128")),
    });
    const [cause] = causes({ plan: encrypted, after: { a1: withoutB1, a2: withoutB1 } });
    assert.match(
      cause?.sentence ?? "",
      /^a1 and a2: no route 198\.19\.0\.128\/26 into wireguard\.cali.* readable on the wire$/,
    );
    assert.match(cause?.fix ?? "", /key of b1 .*wireguardPublicKey/);
    assert.ok(cause?.explains.some((id) => id.endsWith("control-plane/a2")));
    const alone = ({ otherTables = [] }: NodeFacts): Partial<NodeFacts> => ({ otherTables: otherTables.slice(0, 0) });
    const keyless = causes({ plan: encrypted, after: { a1: withoutB1, a2: withoutB1, b1: alone } });
    // The path that fails here has nothing to do with it.
    assert.deepEqual(
      keyless.map(({ name }) => name),
      ["unencrypted", "common-ground"],
    );
    assert.match(keyless[0]?.sentence ?? "", /^b1: no route /);
    for (const node of ["a1", "a2", "b1"])
      assert.ok(
        keyless[0]?.explains.some((id) => id.endsWith(`control-plane/${node}`)),
        node,
      );
  });

  it("tell a firewall's list, and what is missing from it", () => {
    const drops = (packets: number) => (): Partial<NodeFacts> => ({
      drops: [{ where: `table ${firewallTable} chain between`, hook: "forward", rule: "drop", packets }],
    });
    const [cause] = causes({
      path: "a1->b1",
      silent: ["tor/eth1", "b1/eth0", "b1/cali"],
      earlier: { tor: drops(3) },
      after: { tor: drops(8) },
    });
    assert.equal(cause?.name, "firewall-list");
    assert.match(
      cause.sentence,
      /^tor is a firewall .* its list, which lacks udp\/4789: .*\(5 packets during the probes\)/,
    );
    assert.match(cause.fix, /VXLAN: UDP port 4789/);
  });

  it("tell reverse-path filtering by the kernel's own counter", () => {
    const counted = (value: number) => (): Partial<NodeFacts> => ({
      counters: { "TcpExt.IPReversePathFilter": value },
      settings: { "ipv4.conf.eth0.rp_filter": "1" },
    });
    const changes = { silent: ["a2/cali"], earlier: { a2: counted(0) }, after: { a2: counted(5) } };
    assert.match(first(changes), /^reverse-path-filter: a2 drops packets .*\(5 during the probes\)/);
  });

  it("tell a route that shares a block's packets between several nodes", () => {
    const share = ({ routes }: NodeFacts): Partial<NodeFacts> => ({
      routes: routes.map(({ via: _via, device: _device, ...route }) => {
        const hops = ["198.19.0.128", "198.19.0.192"].map((via) => ({ via, device: "vxlan.calico", weight: 1 }));
        return route.destination === "198.19.0.128/26" ? { ...route, hops } : { ...route, via: _via, device: _device };
      }) as NodeFacts["routes"],
    });
    assert.match(
      first({ path: "a1->b1", after: { a1: share } }),
      /^wrong-route: a1: its route to b1 shares packets between 2 next hops/,
    );
  });

  it("say what failing paths have in common, and where they end, when no rule fits", () => {
    const silent = ["tor/eth1", "b1/eth0", "b1/cali"];
    assert.equal(
      first({ path: "a1->b1", silent }),
      "common-ground: lost in tor (tor/eth0 to tor/eth1): all packets (23 of 23)",
    );
  });

  it("are none where nothing failed", () => {
    const identities = identitiesFromAllocation(plan, mode);
    const nodes = expectControlPlane(plan, mode, identities).map(agreeing);
    assert.deepEqual(findCauses({ plan, mode, identities, facts: { nodes } }, [], []), []);
  });
});

describe("the list of rules", () => {
  it("names each rule like its file, once", async () => {
    const files = await readdir(new URL(".", import.meta.url));
    const names = [...rules, fallback].map(({ name }) => name);
    for (const name of names) assert.ok(files.includes(`${name}.ts`), name);
    assert.equal(new Set(names).size, names.length);
  });
});
