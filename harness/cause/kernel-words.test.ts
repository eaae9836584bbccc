import assert from "node:assert/strict";
import type { LinkFact, NodeFacts } from "../dataplane/node-facts.ts";
import { causes, first, type Changes } from "./incident.fixture.ts";

const settings = (name: string, value: string) => (): Partial<NodeFacts> => ({ settings: { [name]: value } });

const onEveryNode = (change: (facts: NodeFacts) => Partial<NodeFacts>): NonNullable<Changes["after"]> =>
  Object.fromEntries(["a1", "a2", "b1", "b2"].map((node) => [node, change]));

describe("causes that the kernel's own state tells", () => {
  const silent = ["a2/cali"];

  it("are a device of a pod's, or an uplink, that speaks no ARP, or that a bridge has taken", () => {
    const uplink = (change: Partial<LinkFact>) => (facts: NodeFacts) => ({
      links: facts.links.map((link) => (link.device === "eth0" ? { ...link, ...change } : link)),
    });
    assert.match(
      first({ silent, after: { a2: uplink({ noArp: true }) } }),
      /^link-state: a2: eth0 neither asks nor answers ARP/,
    );
    assert.match(
      first({ silent, after: { a2: uplink({ master: "br9" }) } }),
      /^odd-setting: a2 loses packets, and its kernel is set otherwise: eth0 is a part of br9; lost there: /,
    );
    const pod = (facts: NodeFacts): Partial<NodeFacts> => ({
      links: [
        ...facts.links,
        { device: "cali1", kind: "veth", mtu: 1450, up: true, mac: "ee:ee:ee:ee:ee:ee", addresses: [], noArp: true },
      ],
    });
    assert.doesNotMatch(first({ silent, after: { a2: pod } }), /cali1/, "no pod of the lab is behind it");
    const ofPod = ({ links }: NodeFacts): Partial<NodeFacts> => ({
      links: links.map((link) => ({ ...link, noArp: true })),
    });
    assert.match(first({ silent, after: { "a2-p1": ofPod } }), /^pod-state: a2-p1: eth0 neither asks nor answers ARP/);
    assert.match(
      first({ path: "a1->b1", silent: ["tor/eth1"], after: { tor: ofPod } }),
      /^router-state: tor: eth0 neither asks nor answers ARP/,
    );
  });

  it("are programs at the device at which packets end, and not those of Calico's or those elsewhere", () => {
    const program = (device: string, xdp: string) => (facts: NodeFacts) => ({
      links: facts.links.map((link) => (link.device === device ? { ...link, xdp } : link)),
    });
    const told =
      /^hooked-program: packets are lost in a2, where the XDP program xdrop on a2\/eth0 sees them and may drop them/;
    assert.match(first({ silent, after: { a2: program("eth0", "xdrop") } }), told);
    assert.doesNotMatch(first({ silent, after: { a2: program("eth0", "cali_xdp_norm") } }), /hooked/);
    assert.doesNotMatch(first({ silent, after: { a2: program("vxlan.calico", "xdrop") } }), /hooked/, "plain packets");
    assert.doesNotMatch(first({ silent, after: { b1: program("eth0", "xdrop") } }), /hooked/);
    const filter = { device: "eth0", direction: "ingress", words: "bpf xdrop" } as const;
    assert.match(
      first({ silent, after: { a2: () => ({ classifiers: [filter] }) } }),
      /where the tc filter bpf xdrop on a2\/eth0 \(ingress\) sees them/,
    );
    const tunnel = program("vxlan.calico", "xdrop");
    assert.match(first({ path: "a1->b1", silent: ["b1/cali"], after: { b1: tunnel } }), /on b1\/vxlan.calico/);
  });

  it("are settings that differ from those of the other nodes, or that end packets anywhere", () => {
    const usual = onEveryNode(settings("ipv4.conf.all.accept_local", "0"));
    assert.match(
      first({ silent, after: { ...usual, a2: settings("ipv4.conf.all.accept_local", "1") } }),
      /^odd-setting: a2 loses packets, and its kernel is set otherwise: ipv4.conf.all.accept_local is 1, elsewhere 0; lost there: /,
    );
    assert.match(
      first({ silent, after: onEveryNode(settings("ipv4.conf.eth0.arp_ignore", "8")) }),
      /^odd-setting: a2 .* ipv4.conf.eth0.arp_ignore is 8 \(it does not answer ARP for its addresses\)/,
    );
    assert.match(first({ silent, after: usual }), /^common-ground: /);
    assert.match(
      first({ silent, after: { a2: settings("ipv6.conf.eth0.disable_ipv6", "1") } }),
      /^common-ground: /,
      "what fails is IPv4",
    );
    const counts = onEveryNode(settings("netfilter.nf_conntrack_count", "7"));
    assert.match(
      first({ silent, after: { ...counts, a2: settings("netfilter.nf_conntrack_count", "99") } }),
      /^common-ground: /,
    );
  });

  it("are counters of what it threw away, those that tell most first", () => {
    const counted = (name: string, value: number) => (): Partial<NodeFacts> => ({ counters: { [name]: value } });
    const grown = (name: string): string =>
      first({ silent, earlier: { a2: counted(name, 1) }, after: { a2: counted(name, 41) } });
    assert.match(grown("Ip.InHdrErrors"), /^kernel-count: a2 throws packets away for their IP header: .*\(40 during/);
    assert.match(grown("IpExt.InNoRoutes"), /^kernel-count: a2 has no route for packets \(40/);
    assert.match(grown("Ip.InAddrErrors"), /^kernel-count: a2 refuses packets for their addresses/);
    assert.match(grown("eth0.rx.errors"), /^kernel-count: a2 counts errors on eth0 \(rx\) \(40/);
    assert.match(grown("eth0.tx.dropped"), /^kernel-count: a2 drops packets on eth0 \(tx\)/);
    assert.match(grown("Ip.FragFails"), /^kernel-count: a2 cannot pass on packets that are too large/);
    assert.match(
      grown("conntrack.insert_failed"),
      /^counted-loss: a2 drops packets whose connection looks like another/,
    );
    assert.match(
      grown("eth0.queue.clsact.drops"),
      /^counted-loss: a2 throws packets away by a filter of tc on eth0 \(40/,
    );
    assert.match(grown("Ip.ForwDatagrams"), /^common-ground: /);
    const few = { "Ip.InNoRoutes": 2, "IpExt.InNoRoutes": 2 };
    assert.match(first({ silent, after: { a2: () => ({ counters: few }) } }), /^common-ground: /, "more were lost");
    const [cause] = causes({
      silent,
      earlier: { a2: () => ({ counters: {} }) },
      after: { a2: () => ({ counters: { "Ip.InHdrErrors": 30, "eth0.tx.errors": 20 } }) },
    });
    assert.deepEqual(cause?.evidence, ["a2: eth0.tx.errors +20", "a2: Ip.InHdrErrors +30"]);
  });

  it("are Felix's own routes past the tunnel to tunnel addresses, which explain nothing else that fails", () => {
    const stray = {
      family: 4,
      type: "unicast",
      protocol: "80",
      onlink: true,
      device: "eth0",
      via: "198.18.1.12",
    } as const;
    const found = causes({
      silent: ["a2/cali"],
      after: { a1: ({ routes }) => ({ routes: [...routes, { ...stray, destination: "198.19.0.64" }] }) },
    });
    assert.deepEqual(
      found.map(({ name }) => name),
      ["tunnel-address-route", "common-ground"],
    );
  });

  it("are an address of the tunnel with the block's prefix, which leads the node's own block into the tunnel", () => {
    const wide = ({ links, routes }: NodeFacts): Partial<NodeFacts> => ({
      links: links.map((link) =>
        link.device === "vxlan.calico" ? { ...link, addresses: ["198.19.0.0/26", "fe80::1/64"] } : link,
      ),
      routes: routes.map((route) =>
        route.destination === "198.19.0.0/26"
          ? { ...route, type: "unicast", device: "vxlan.calico", protocol: "kernel" }
          : route,
      ),
    });
    assert.equal(
      first({ silent: ["a1/eth0"], after: { a1: wide } }),
      "tunnel-device: a1: vxlan.calico has the address 198.19.0.0/26, not 198.19.0.0/32",
    );
  });

  it("are ClusterIPs that lead to an address that no pod has", () => {
    const service = "198.19.192.13";
    const leads = (to: string) => (): Partial<NodeFacts> => ({ translated: [service], backends: { [service]: [to] } });
    const traffic = "pod-to-clusterip";
    assert.match(
      first({ traffic, silent: ["a2/cali"], after: { a1: leads("198.19.0.99") } }),
      /^missing-backend: a1 translates ClusterIP 198\.19\.192\.13 into 198\.19\.0\.99, which no pod has/,
    );
    assert.doesNotMatch(
      first({ traffic, silent: ["a2/cali"], after: { a1: leads("198.19.0.65") } }),
      /missing-backend/,
    );
    assert.match(
      first({ traffic, silent: ["a2/cali"], after: { a1: leads("198.19.0.66") } }),
      /^missing-backend: a1 translates ClusterIP 198\.19\.192\.13 into 198\.19\.0\.66, a2-p2's, not a2-p1's/,
    );
    assert.doesNotMatch(
      first({ traffic, silent: ["a2/cali"], after: { a2: leads("198.19.0.99") } }),
      /missing-backend/,
    );
    const leadsToPort = (port: number) => (): Partial<NodeFacts> => ({
      ...leads("198.19.0.65")(),
      backendPorts: { [service]: [port] },
    });
    assert.match(
      first({ traffic, silent: ["a2/cali"], after: { a1: leadsToPort(8081) } }),
      /^missing-backend: a1 leads ClusterIP 198\.19\.192\.13 to port 8081 of a2-p1, not to 8080, where it listens/,
    );
    assert.doesNotMatch(first({ traffic, silent: ["a2/cali"], after: { a1: leadsToPort(8080) } }), /missing-backend/);
  });

  it("are an uplink that is down or has no address, or another MTU than its segment", () => {
    const uplink = (change: Partial<LinkFact>) => (facts: NodeFacts) => ({
      links: facts.links.map((link) => (link.device === "eth0" ? { ...link, ...change } : link)),
    });
    assert.match(first({ silent, after: { a2: uplink({ up: false }) } }), /^link-state: a2: eth0 is down/);
    assert.match(
      first({ silent, after: { a2: uplink({ addresses: [] }) } }),
      /^link-state: a2: eth0 has no address, not /,
    );
    assert.match(
      first({ silent, after: { a2: ({ links }) => ({ links: links.filter(({ device }) => device !== "eth0") }) } }),
      /^link-state: a2: no device eth0/,
    );
    assert.match(
      first({ silent, after: { a2: uplink({ mtu: 1400 }) } }),
      /^narrow-link: a2: eth0 has MTU 1400, and the other machines of rack-a have 1500/,
    );
    assert.doesNotMatch(first({ silent, after: { b1: uplink({ mtu: 1400 }) } }), /narrow-link/, "not on the way");
  });

  it("say why nobody answers who asks for an address, where that can be told", () => {
    const asks = ({ neighbors }: NodeFacts): Partial<NodeFacts> => ({
      neighbors: [...neighbors, { address: "198.18.1.12", mac: "", device: "eth0", state: "FAILED" }],
    });
    const asked = "next-hop: a1: it asks by eth0 who has 198.18.1.12 (a2), and nobody answers";
    assert.equal(first({ silent: ["a2/eth0"], after: { a1: asks } }), asked);
    assert.equal(
      first({ silent: ["a2/eth0"], after: { a1: asks, a2: settings("ipv4.conf.all.arp_ignore", "8") } }),
      `${asked}; on a2 ipv4.conf.all.arp_ignore is 8`,
    );
    const drops = (where: string, rule: string) => (): Partial<NodeFacts> => ({ drops: [{ where, rule }] });
    const filtered = (where: string, rule: string): string =>
      first({ silent: ["a2/eth0"], after: { a1: asks, a2: drops(where, rule) } });
    assert.equal(filtered("table arp x chain i", "drop"), `${asked}; on a2 table arp x chain i: drop`);
    assert.equal(filtered("table ip6 x chain i", "icmpv6 type nd-neighbor-solicit drop"), asked, "no ARP");
  });

  it("are a pod's route that lets less through than its device", () => {
    const narrow =
      (mtu: number) =>
      ({ routes }: NodeFacts): Partial<NodeFacts> => ({
        routes: routes.map((route) => ({ ...route, mtu })),
      });
    const told = first({ silent, after: { "a1-p1": narrow(600) } });
    assert.match(told, /^pod-state: a1-p1: what it sends to pod \S+ takes default via 169\.254\.1\.1 .* mtu 600/);
    assert.doesNotMatch(first({ silent, after: { "a1-p1": narrow(1450) } }), /pod-state/);
  });
});
