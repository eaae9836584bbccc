import assert from "node:assert/strict";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { modeOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { agreeing } from "./node-facts.fixture.ts";
import { nextHopTroubles } from "./judge-next-hops.ts";
import { plan, troubles } from "./node-troubles.fixture.ts";

const withMac = (link: NodeFacts["links"][number]): NodeFacts["links"][number] =>
  link.device === "eth0" ? { ...link, mac: "02:00:00:00:00:03" } : link;
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
