import assert from "node:assert/strict";
import { diagramMermaid, diagramSvg, diagramText } from "./diagram.ts";
import { loadTopology } from "./load.ts";
import { planTopology } from "./make-plan.ts";
import { parseTopology } from "./parse-topology.ts";

const planOf = async (name: string) => planTopology(await loadTopology(name));

describe("diagrams", () => {
  it("draw a chain of racks in one line", async () => {
    assert.equal(
      diagramText(await planOf("two-racks")),
      "two-racks: rack-a 198.18.1.0/24 [a1 a2] ─ tor ─ rack-b 198.18.2.0/24 [b1 b2]",
    );
    assert.equal(diagramText(await planOf("one-rack")), "one-rack: rack-a 198.18.1.0/24 [a1 a2] ─ tor");
  });

  it("draw a router with many racks as a group", async () => {
    assert.equal(
      diagramText(await planOf("three-racks")),
      "three-racks: tor ─ (rack-a 198.18.1.0/24 [a1 a2] · rack-b 198.18.2.0/24 [b1] · rack-c 198.18.3.0/24 [c1])",
    );
  });

  it("tell the autonomous system of each rack", async () => {
    const plan = planTopology(await loadTopology("as-per-rack"));
    assert.match(
      diagramText(plan),
      /rack-a 198\.18\.1\.0\/24 AS 65001 \[a1 a2\] ─ tor-a ─ spine 198\.18\.9\.0\/24 \[\] ─ tor-b/,
    );
    assert.match(diagramMermaid(plan), /rack-b<br\/>198\.18\.2\.0\/24<br\/>AS 65002/);
    assert.match(diagramSvg(plan), /AS 65002/);
  });

  it("tell the VLAN of each rack", async () => {
    const plan = await planOf("vlan-uplinks");
    assert.match(diagramText(plan), /rack-a 198\.18\.1\.0\/24 VLAN 101 \[a1 a2\] ─ tor ─ rack-b/);
    assert.match(diagramMermaid(plan), /rack-b<br\/>198\.18\.2\.0\/24<br\/>VLAN 102/);
    assert.match(diagramSvg(plan), />VLAN 102</);
  });

  it("tell which router stands by", async () => {
    const plan = await planOf("standby-router");
    assert.ok(diagramText(plan).includes("tor2 (stands by for tor1) ─"));
    assert.ok(diagramMermaid(plan).includes("tor2<br/>(stands by for tor1)"));
    assert.ok(diagramSvg(plan).includes(">tor2 · stands by for tor1<"));
  });

  it("tell what a firewall passes on", async () => {
    const plan = await planOf("firewalled");
    const passed = "passes on udp/4789 ip/4 tcp/179 udp/51820";
    assert.ok(diagramText(plan).includes(`─ fw (${passed}) ─`));
    assert.ok(diagramMermaid(plan).includes(`fw<br/>(${passed})`));
    assert.ok(diagramSvg(plan).includes(`>fw · ${passed}<`));
  });

  it("tell which pool a node takes from, where there are several", async () => {
    const lines = diagramMermaid(await planOf("mixed-pools"));
    assert.ok(lines.includes("198.18.1.12/24<br/>pool 198.19.64.0/18 Always without NAT<br/>2 pods"));
    assert.ok(!diagramMermaid(await planOf("two-racks")).includes("pool "));
  });

  it("tell a gateway that is not the first router", async () => {
    assert.ok(diagramMermaid(await planOf("dual-tor")).includes("198.18.2.11/24<br/>by tor2<br/>2 pods"));
  });

  it("tell further devices of nodes", async () => {
    const plan = await planOf("two-uplinks");
    const beside = "beside them mgmt 198.18.100.0/24 [a1/eth1 a2/eth1 b1/eth1 b2/eth1]";
    assert.ok(diagramText(plan).endsWith(`─ tor ─ rack-b 198.18.2.0/24 [b1 b2]; ${beside}`));
    assert.ok(diagramMermaid(plan).includes('node_b2 -. "eth1" .- rack_mgmt'));
    assert.ok(diagramSvg(plan).includes(">mgmt 198.18.100.14/24<"));
  });

  it("draw hosts outside of the cluster apart from nodes", async () => {
    const plan = await planOf("external");
    assert.ok(diagramText(plan).endsWith("[b1 b2] · outside 198.18.9.0/24 {client server})"));
    assert.ok(diagramMermaid(plan).includes('external_server(["server<br/>198.18.9.12/24"])'));
    assert.ok(diagramSvg(plan).includes('<rect class="external"'));
  });

  it("tell which pods are behind a Service with several backends", async () => {
    const plan = await planOf("shared-service");
    assert.ok(diagramText(plan).endsWith("[b1 b2]; service web on a1 a2 b1"));
    assert.ok(diagramMermaid(plan).includes("service_web -.-> node_b1"));
    assert.ok(diagramSvg(plan).includes(">b1-p1 · web<"));
    assert.ok(diagramSvg(plan).includes(">b1-p2<"));
  });

  it("tell which node takes requests to load balancer addresses", async () => {
    const plan = await planOf("load-balancer");
    assert.ok(diagramText(plan).endsWith("{client backup}); load balancer 198.18.250.0/24 by a1"));
    assert.ok(diagramMermaid(plan).includes("balancer_0 -.-> node_a1"));
    assert.equal(diagramSvg(plan).split(">takes 198.18.250.0/24<").length, 2);
  });

  it("draw an incident's routes in Mermaid", async () => {
    const plan = await planOf("two-racks");
    const incident = [{ node: "a1", to: "b1", route: "missing" }] as const;
    const text = diagramMermaid({ ...plan, topology: { ...plan.topology, incident } });
    assert.ok(text.includes('node_a1 -. "route missing" .-> node_b1'));
  });

  it("end on a ring of routers too", () => {
    const ring = `
subnets: { a: { cidr: 198.18.1.0/24 }, b: { cidr: 198.18.2.0/24 } }
routers: { r1: { subnets: [a, b] }, r2: { subnets: [b, a] } }
nodes: { a1: { subnet: a } }
`;
    const plan = planTopology(parseTopology(ring, "ring.yaml", "ring"));
    assert.equal(diagramText(plan), "ring: r1 ─ (a 198.18.1.0/24 [a1] · b 198.18.2.0/24 []); r2 ─ (b · a)");
  });

  it("name every rack, router and node in Mermaid", async () => {
    const lines = diagramMermaid(await planOf("dual-stack")).split("\n");
    assert.equal(lines[0], "flowchart TB");
    assert.ok(lines.includes('  router_tor ---|"198.18.1.1/24<br/>fd00:18:1::1/64"| rack_rack_a'));
    assert.ok(lines.includes('    node_b2["b2<br/>198.18.2.12/24<br/>fd00:18:2::c/64<br/>2 pods"]'));
    assert.equal(lines.filter((line) => line.startsWith("  subgraph")).length, 2);
  });

  it("are SVG that needs nothing else, with everything of the plan in it", async () => {
    const plan = await planOf("dual-stack");
    const svg = diagramSvg({ ...plan, topology: { ...plan.topology, description: "a < b & c" } });
    assert.ok(svg.includes("a &lt; b &amp; c"));
    assert.ok(!/NaN|undefined|href=|url\(/.test(svg));
    for (const { name, pods, uplink } of plan.nodes) {
      for (const part of [name, ...pods, ...Object.values(uplink.addresses)])
        assert.ok(svg.includes(`>${part}<`), part);
    }
    for (const tag of ["text", "style", "title", "svg"]) {
      const opened = svg.match(new RegExp(`<${tag}[ >]`, "g"))?.length;
      assert.equal(svg.match(new RegExp(`</${tag}>`, "g"))?.length, opened, tag);
    }
  });
});
