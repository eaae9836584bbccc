import assert from "node:assert/strict";
import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import { expectControlPlane, type ExpectedNodeState } from "../encap/control-plane.ts";
import type { ModeId } from "../encap/mode.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Plan } from "../topology/plan.ts";
import { gist } from "./case.fixture.ts";
import { verdictOn } from "./control-plane.ts";
import { agreeing } from "./node-facts.fixture.ts";
import { judgeStates } from "./node-troubles.ts";
import type { Verdict } from "./verdict.ts";

let plan: Plan;
let dual: Plan;
before(async () => {
  plan = await planOf("two-racks");
  dual = await planOf("dual-stack");
});

function expectedOf(id: ModeId, from = plan): readonly ExpectedNodeState[] {
  return expectControlPlane(from, modeOf(id), identitiesFromAllocation(from, modeOf(id)));
}

function judgeControlPlane(expected: readonly ExpectedNodeState[], facts: DataplaneFacts, id: ModeId): Verdict[] {
  return judgeStates(expected, facts).map((judgment) => verdictOn(judgment, modeOf(id)));
}

/** The verdict on a1, whose kernel state is altered. */
function judge(id: ModeId, change: (facts: NodeFacts) => Partial<NodeFacts> = () => ({}), from = plan) {
  const expected = expectedOf(id, from);
  const nodes = expected.map(agreeing).map((facts) => (facts.node === "a1" ? { ...facts, ...change(facts) } : facts));
  const [verdict, ...others] = judgeControlPlane(expected, { nodes }, id);
  assert.ok(others.every(({ status }) => status === "pass"));
  assert.equal(verdict?.id, `${id}/control-plane/a1`);
  return verdict;
}

function route(id: ModeId, destination: string, change: Partial<RouteFact>): string {
  return gist(
    judge(id, ({ routes }) => ({
      routes: routes.map((one) => (one.destination === destination ? { ...one, ...change } : one)),
    })),
  );
}

function link(id: ModeId, change: Partial<NodeFacts["links"][number]>): string {
  const isTunnel = (device: string): boolean => device === "tunl0" || device.startsWith("vxlan");
  return gist(
    judge(id, ({ links }) => ({
      links: links.map((one) => (isTunnel(one.device) ? { ...one, ...change } : one)),
    })),
  );
}

describe("judgeControlPlane", () => {
  it("takes WireGuard's rule for what it is, routes that throw back to the main table too", async () => {
    const encrypted = await planOf("wireguard");
    const thrown = { family: 4, type: "throw", protocol: "80", onlink: false, table: "1" } as const;
    const withThrows = ({ otherTables = [] }: NodeFacts): Partial<NodeFacts> => ({
      otherTables: [
        ...otherTables,
        ...["198.19.0.0/26", "198.19.0.192/26"].map((destination) => ({ ...thrown, destination })),
      ],
    });
    assert.equal(gist(judge("vxlan-cross-subnet", withThrows, encrypted)), "pass");
    const toB2 = ({ otherTables = [] }: NodeFacts): Partial<NodeFacts> => ({
      otherTables: [
        ...otherTables,
        { ...thrown, type: "unicast", destination: "198.19.0.192/26", device: "wireguard.cali" },
      ],
    });
    assert.match(
      gist(judge("vxlan-cross-subnet", toB2, encrypted)),
      /rule 99: not from all fwmark .*is evaluated before main/,
    );
  });

  it("passes kernels that hold what the mode makes", () => {
    for (const id of ["none", "ipip-always", "ipip-cross-subnet", "vxlan-always", "vxlan-cross-subnet"] as const) {
      assert.equal(gist(judge(id)), "pass", id);
      assert.equal(gist(judge(id, () => ({}), dual)), "pass", id);
    }
    const verdict = judge("vxlan-cross-subnet");
    assert.equal(verdict.expected, "6 routes, vxlan.calico 198.19.0.0/32 mtu 1450, 3 FDB entries, 3 neighbors");
    assert.ok(verdict.evidence.includes("a1 has 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink"));
  });

  it("accepts either daemon's routes of IPIP, and routes without mtu as before v3.31", () => {
    assert.equal(route("ipip-always", "198.19.0.64/26", { protocol: "bird" }), "pass");
    const without = judge("vxlan-always", ({ routes }) => ({
      routes: routes.map(
        (one) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== "mtu")) as unknown as RouteFact,
      ),
    }));
    assert.equal(gist(without), "pass");
  });

  it("fails on a stale tunnel route, and says which was expected", () => {
    const stale = { via: "198.19.0.64", device: "vxlan.calico", protocol: "boot", onlink: true };
    assert.equal(
      route("vxlan-cross-subnet", "198.19.0.64/26", stale),
      "fail (control plane): a1: route 198.19.0.64/26 via 198.19.0.64 dev vxlan.calico proto boot onlink, " +
        "not 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink (block of a2)",
    );
  });

  it("fails on a plain route where the tunnel is expected, a wrong hop, protocol, flag, type or MTU", () => {
    const block = "198.19.0.128/26";
    for (const change of [
      { via: "198.18.1.1", device: "eth0" },
      { via: "198.19.0.192" },
      { protocol: "static" },
      { onlink: false },
      { mtu: 1500 },
    ]) {
      assert.match(
        route("vxlan-cross-subnet", block, change),
        /^fail \(control plane\): a1: route 198\.19\.0\.128\/26 /,
      );
    }
    assert.match(route("none", "198.19.0.0/26", { type: "unicast" }), /not blackhole 198\.19\.0\.0\/26/);
  });

  it("fails on a missing route, a second one, and a stray one inside a block", () => {
    const without = judge("none", ({ routes }) => ({
      routes: routes.filter(({ destination }) => destination !== "198.19.0.128/26"),
    }));
    assert.match(
      gist(without),
      /a1: no route 198\.19\.0\.128\/26 via 198\.18\.1\.1 dev eth0 proto 80\|bird \(block of b1\)/,
    );
    const added = (extra: Partial<RouteFact>) =>
      gist(
        judge("vxlan-always", ({ routes }) => ({
          routes: [
            ...routes,
            { family: 4, destination: "198.19.0.129", type: "unicast", protocol: "boot", onlink: false, ...extra },
          ],
        })),
      );
    assert.match(
      added({ via: "198.18.1.1", device: "eth0" }),
      /unexpected route 198\.19\.0\.129 via 198\.18\.1\.1 dev eth0/,
    );
    assert.match(
      added({ destination: "198.19.0.128/26", device: "eth0" }),
      /route 198\.19\.0\.128\/26 dev eth0 proto boot, not/,
    );
    assert.match(added({ destination: "10.9.0.0/24", device: "tunl0" }), /unexpected route 10\.9\.0\.0\/24 dev tunl0/);
    assert.equal(added({ destination: "198.19.0.128", device: "vxlan.calico" }), "pass", "a VTEP's own address");
    const own = { destination: "198.19.0.0", device: "vxlan.calico", protocol: "kernel" };
    assert.equal(added(own), "pass", "IPv6 has such a route for each address");
    assert.equal(added({ destination: "default", via: "198.18.1.1", device: "eth0" }), "pass");
  });

  it("fails on a tunnel device that is missing, down or set up wrongly", () => {
    const id = "vxlan-cross-subnet";
    const vxlan = { vni: 4096, port: 4789, local: "198.18.1.11", learning: false };
    assert.match(gist(judge(id, ({ links }) => ({ links: links.slice(0, 1) }))), /no device vxlan\.calico/);
    assert.match(link(id, { up: false }), /vxlan\.calico is down/);
    assert.match(link(id, { mtu: 1500 }), /vxlan\.calico has MTU 1500, not 1450/);
    assert.match(link(id, { mac: "66:00:00:00:00:01" }), /has MAC 66:00:00:00:00:01, not 66:f2/);
    assert.match(
      link(id, { addresses: ["198.19.0.0/26"] }),
      /has the address 198\.19\.0\.0\/26, not 198\.19\.0\.0\/32/,
    );
    assert.match(link(id, { addresses: ["198.19.0.0/32", "198.19.0.9/32"] }), /has the address .* and /);
    assert.match(link(id, { vxlan: { ...vxlan, vni: 4097 } }), /has VNI 4097, not 4096/);
    assert.match(link(id, { vxlan: { ...vxlan, port: 8472 } }), /has port 8472, not 4789/);
    assert.match(link(id, { vxlan: { ...vxlan, local: "198.18.1.99" } }), /has local address 198\.18\.1\.99/);
    assert.match(link(id, { vxlan: { ...vxlan, learning: true } }), /learns addresses/);
    assert.match(link("ipip-always", { kind: "gre" }), /tunl0 has kind gre, not ipip/);
  });

  it("fails on FDB and neighbor entries that are missing, wrong or not permanent", () => {
    const id = "vxlan-cross-subnet";
    assert.match(
      gist(judge(id, ({ fdb }) => ({ fdb: fdb.slice(1) }))),
      /no FDB entry .* dst 198\.18\.1\.12 on vxlan\.calico/,
    );
    assert.match(
      gist(judge(id, ({ fdb }) => ({ fdb: fdb.map((entry) => ({ ...entry, destination: "198.18.2.99" })) }))),
      /FDB entry [0-9a-f:]+ leads to 198\.18\.2\.99, not 198\.18\.1\.12;/,
    );
    const neighbor = (change: Partial<NodeFacts["neighbors"][number]>) =>
      gist(judge(id, ({ neighbors }) => ({ neighbors: neighbors.map((entry) => ({ ...entry, ...change })) })));
    assert.match(neighbor({ mac: "" }), /neighbor 198\.19\.0\.64 has no MAC/);
    assert.match(neighbor({ state: "STALE" }), /neighbor 198\.19\.0\.64 is STALE, not PERMANENT/);
    assert.match(gist(judge(id, () => ({ neighbors: [] }))), /no neighbor 198\.19\.0\.64/);
  });

  it("fails on what another mode left behind, but tolerates an empty tunl0", () => {
    const tunl0 = { device: "tunl0", kind: "ipip", mtu: 1480, up: true, mac: "0.0.0.0", addresses: [] };
    const left = (change: object) =>
      gist(judge("none", ({ links }) => ({ links: [...links, { ...tunl0, ...change }] })));
    assert.equal(left({}), "pass");
    assert.match(
      left({ addresses: ["198.19.0.0/32"] }),
      /tunl0 has the address 198\.19\.0\.0\/32, though the mode does not use it/,
    );
    assert.match(left({ device: "vxlan.calico" }), /vxlan\.calico is there, though the mode does not use it/);
  });

  it("is inconclusive about a node whose kernel was not read", () => {
    const expected = expectedOf("none");
    const verdicts = judgeControlPlane(expected, { nodes: [] }, "none");
    assert.equal(verdicts.length, 4);
    assert.match(gist(verdicts[0]), /^inconclusive: the kernel state of a1 was not read: check that ip\(8\)/);
    assert.match(gist(judge("none", () => ({ routes: [], links: [] }))), /^inconclusive/);
  });
});
