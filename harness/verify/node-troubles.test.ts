import assert from "node:assert/strict";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { modeOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { verdictOn } from "./control-plane.ts";
import { agreeing } from "./node-facts.fixture.ts";
import { judgeNodes } from "./node-troubles.ts";
import { plan, troubles } from "./node-troubles.fixture.ts";

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
