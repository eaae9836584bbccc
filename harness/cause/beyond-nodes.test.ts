import assert from "node:assert/strict";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { planOf } from "../encap/plan.fixture.ts";
import { causes, first } from "./incident.fixture.ts";

describe("causes beyond the nodes", () => {
  it("tell a router that does not forward, sends a node's packets elsewhere, or has a narrow port", () => {
    const at = (change: (facts: NodeFacts) => Partial<NodeFacts>): string =>
      first({ path: "a1->b1", silent: ["tor/eth1"], after: { tor: change } });
    assert.match(
      at(() => ({ settings: { "ipv4.ip_forward": "0" } })),
      /^router-state: tor: ipv4.ip_forward is 0/,
    );
    const away = { family: 4, destination: "198.18.2.11", protocol: "boot", onlink: false } as const;
    assert.match(
      at(({ routes }) => ({ routes: [...routes, { ...away, type: "blackhole" }] })),
      /^router-state: tor: what is for b1's address 198.18.2.11 takes blackhole 198.18.2.11/,
    );
    const narrow = { ...away, destination: "198.18.2.11", type: "unicast", device: "eth1", mtu: 1000 };
    assert.match(
      at(({ routes }) => ({ routes: [...routes, narrow] })),
      /^router-state: tor: .* mtu 1000, which lets only 1000 bytes through where eth1 carries 1500/,
    );
    assert.match(
      at(({ routes }) => ({ routes: [...routes, { ...away, destination: "198.18.2.12", type: "blackhole" }] })),
      /^common-ground: /,
      "another node's route explains nothing",
    );
    assert.match(
      at(({ links }) => ({ links: links.map((link) => ({ ...link, mtu: 1400 })) })),
      /^router-state: tor: eth0 has MTU 1400, not 1500/,
    );
    const main = { family: 4, priority: 32766, from: "all", not: false, others: [], table: "main" } as const;
    const rule = {
      family: 4,
      priority: 100,
      from: "198.18.1.11",
      not: false,
      others: [],
      action: "blackhole",
    } as const;
    assert.match(
      at(() => ({ rules: [rule, main] })),
      /^router-state: tor: rule 100: from 198.18.1.11 blackhole/,
    );
  });

  it("tell a router that has a node's address, also on paths that do not lead through it", () => {
    const taken = ({ links }: NodeFacts): Partial<NodeFacts> => ({
      links: links.map((link) => ({ ...link, addresses: [...link.addresses, "198.18.1.12/24"] })),
    });
    const told = first({ silent: ["a2/eth0"], after: { tor: taken } });
    assert.match(told, /^router-state: tor: eth\d has 198\.18\.1\.12, which is a2's address/);
    assert.match(first({ path: "a1->b1", silent: ["b1/eth0"], after: { tor: taken } }), /^common-ground: /);
  });

  it("tell a pod whose own network was changed", () => {
    const at = (change: (facts: NodeFacts) => Partial<NodeFacts>): string =>
      first({ silent: ["a1/cali", "a1/eth0", "a2/eth0", "a2/cali"], after: { "a1-p1": change } });
    assert.match(
      at(() => ({ routes: [] })),
      /^pod-state: a1-p1: it has no default route/,
    );
    const links = (change: object) => (facts: NodeFacts) => ({
      links: facts.links.map((link) => ({ ...link, ...change })),
    });
    assert.match(at(links({ up: false })), /^pod-state: a1-p1: eth0 is down/);
    assert.match(at(links({ addresses: [] })), /^pod-state: a1-p1: eth0 has no address, not 198.19.0.1/);
    assert.match(at(links({ addresses: ["198.19.0.1/32", "198.19.0.2/32"] })), /the address of pod a1-p2/);
    const gateway = { address: "169.254.1.1", device: "eth0" } as const;
    const asks = { ...gateway, mac: "", state: "FAILED" };
    assert.match(
      at(() => ({ neighbors: [asks] })),
      /it asks who has its gateway 169.254.1.1, and nobody answers/,
    );
    const via = "fe80::ecee:eeff:feee:eeee";
    assert.match(
      at(({ routes }) => ({
        routes: routes.map((route) => ({ ...route, via })),
        neighbors: [{ address: via, device: "eth0", mac: "", state: "FAILED" }],
      })),
      /it asks who has its gateway fe80::ecee:eeff:feee:eeee, and nobody answers/,
      "IPv6 has a gateway of its own",
    );
    const drops = [{ where: "table ip x chain f", hook: "output", rule: "drop" }];
    assert.match(
      at(() => ({ drops })),
      /^packet-filter: a1-p1 drops packets: table ip x chain f: drop/,
    );
  });

  it("tell the one of several equal ways whose router is not as planned", async () => {
    const narrow = ({ links }: NodeFacts): Partial<NodeFacts> => ({
      links: links.map((link) => (link.device === "eth1" ? { ...link, mtu: 1400 } : link)),
    });
    const plan = await planOf("ecmp-spines");
    assert.match(
      first({ plan, path: "a1->b1", silent: ["b1/eth0"], after: { spine2: narrow } }),
      /^router-state: spine2: eth1 has MTU 1400, not 1500/,
    );
  });

  it("tell a segment on which nobody is answered, and not where all ask for one machine", () => {
    const asks =
      (device: string, ...addresses: readonly string[]) =>
      ({ neighbors }: NodeFacts): Partial<NodeFacts> => ({
        neighbors: [...neighbors, ...addresses.map((address) => ({ address, mac: "", device, state: "FAILED" }))],
      });
    const at = (after: NonNullable<Parameters<typeof causes>[0]["after"]>): readonly string[] =>
      causes({ path: "a1->b1", silent: ["b1/eth0"], after }).map(({ sentence }) => sentence);
    const [whole, ...others] = at({ tor: asks("eth1", "198.18.2.11"), b2: asks("eth0", "198.18.2.11", "198.18.2.1") });
    assert.equal(
      whole,
      "b2 and tor ask in rack-b for their next hops, and nobody answers: the segment does not carry what they send to all",
    );
    assert.deepEqual(others, []);
    assert.match(
      at({ tor: asks("eth1", "198.18.2.11"), b2: asks("eth0", "198.18.2.11") })[0] ?? "",
      /^tor: it asks by eth1 who has 198\.18\.2\.11 \(b1\), and nobody answers/,
    );
  });

  it("tell a node that its router knows by a wrong MAC, and a next hop that does not answer", () => {
    const entry =
      (address: string, mac: string, state: string) =>
      ({ neighbors }: NodeFacts): Partial<NodeFacts> => ({
        neighbors: [...neighbors, { address, mac, device: address.startsWith("198.18.2") ? "eth1" : "eth0", state }],
      });
    const wrong = entry("198.18.2.11", "02:00:00:00:00:99", "PERMANENT");
    assert.match(
      first({ path: "a1->b1", silent: ["b1/eth0"], after: { tor: wrong } }),
      /^next-hop: tor: it sends what is for 198.18.2.11 \(b1\) to MAC 02:00:00:00:00:99 on eth1, and b1\/eth0 has 02:.*, an entry that somebody has set/,
    );
    assert.match(
      first({ path: "a1->b1", silent: ["tor/eth0"], after: { a1: entry("198.18.1.1", "", "FAILED") } }),
      /^next-hop: a1: it asks by eth0 who has 198.18.1.1 \(tor\), and nobody answers/,
    );
  });

  it("tell a queue that is full, and checksums that are wrong, by the kernel's counters", () => {
    const counted = (counters: Readonly<Record<string, number>>) => (): Partial<NodeFacts> => ({ counters });
    const at = (name: string): string =>
      first({ silent: ["a2/cali"], earlier: { a2: counted({ [name]: 2 }) }, after: { a2: counted({ [name]: 9 }) } });
    assert.equal(
      at("eth0.queue.tbf.drops"),
      "counted-loss: a2 throws packets away in the queue of eth0 (tbf) (7 during the probes)",
    );
    assert.match(at("Udp.InCsumErrors"), /^counted-loss: a2 throws .* checksums are wrong \(Udp\)/);
    assert.match(at("Ip.ForwDatagrams"), /^common-ground: /);
  });

  it("tell a rule that changes packets where they are lost", () => {
    const rewrites = [{ where: "table ip x chain p", hook: "prerouting", rule: "meta l4proto tcp notrack" }];
    assert.match(
      first({ silent: ["a2/cali"], after: { a2: () => ({ rewrites }) } }),
      /^untold-rewrite: .* a2: table ip x chain p: meta l4proto tcp notrack/,
    );
    const counted = [{ ...rewrites[0], where: "", rule: "", packets: 3 }];
    assert.match(
      first({
        silent: ["a2/cali"],
        earlier: { a2: () => ({ rewrites: counted }) },
        after: { a2: () => ({ rewrites: counted }) },
      }),
      /^common-ground: /,
    );
  });

  it("tell a masquerade that makes two connections look alike, with what the kernel counted", () => {
    const rule = "udp dport 4789 masquerade to :4789";
    const rewrites = [{ where: "table ip m chain p", hook: "postrouting", rule }];
    const earlier = { a2: () => ({ counters: {} }) };
    assert.match(
      first({
        silent: ["a2/cali"],
        earlier,
        after: { a2: () => ({ rewrites, counters: { "conntrack.insert_failed": 40 } }) },
      }),
      /^counted-loss: a2 drops packets .* a rule that does so: a2: table ip m chain p: udp dport 4789 masquerade to :4789$/,
    );
  });
});
