import assert from "node:assert/strict";
import { modes, poolsMode, type Mode, type ModeId } from "../../encap/mode.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { deliveringPairs } from "../convergence/must-deliver.ts";
import type { NodeProgram } from "../program/node-program.ts";
import { programNodes } from "./program-node.ts";
import { renderInstall } from "./render-script.ts";
import { renderSwitch } from "./render-switch.ts";

const modeOf = (id: ModeId): Mode => {
  const mode = [...modes, poolsMode].find((candidate) => candidate.id === id);
  assert.ok(mode);
  return mode;
};

const planOf = async (topology: string): Promise<Plan> => planTopology(await loadTopology(topology));

const programOf = (plan: Plan, id: ModeId, node = "a1"): NodeProgram => {
  const program = programNodes(plan, modeOf(id), () => "x-").find((candidate) => candidate.node === node);
  assert.ok(program);
  return program;
};

/** The lines of a1's script that make routes to blocks: the forms that Calico gives them, written out by hand. */
const blockRoutes = (plan: Plan, id: ModeId, node = "a1"): readonly string[] =>
  renderInstall(programOf(plan, id, node))
    .split("\n")
    .filter((line) => line.startsWith("route replace"));

describe("the reference dataplane's script for a node", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });

  it("vxlan-always: every block through the VTEP", () => {
    assert.deepEqual(blockRoutes(plan, "vxlan-always"), [
      "route replace blackhole 198.19.0.0/26 proto 80",
      "route replace 198.19.0.64/26 via 198.19.0.64 dev vxlan.calico proto 3 onlink mtu 1450",
      "route replace 198.19.0.128/26 via 198.19.0.128 dev vxlan.calico proto 3 onlink mtu 1450",
      "route replace 198.19.0.192/26 via 198.19.0.192 dev vxlan.calico proto 3 onlink mtu 1450",
    ]);
  });

  it("vxlan-cross-subnet: the own rack's block through the node, protocol 80", () => {
    assert.deepEqual(blockRoutes(plan, "vxlan-cross-subnet"), [
      "route replace blackhole 198.19.0.0/26 proto 80",
      "route replace 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink",
      "route replace 198.19.0.128/26 via 198.19.0.128 dev vxlan.calico proto 3 onlink mtu 1450",
      "route replace 198.19.0.192/26 via 198.19.0.192 dev vxlan.calico proto 3 onlink mtu 1450",
    ]);
  });

  it("ipip-cross-subnet: BIRD's routes, through tunl0 to the node itself", () => {
    assert.deepEqual(blockRoutes(plan, "ipip-cross-subnet"), [
      "route replace blackhole 198.19.0.0/26 proto 12",
      "route replace 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 12",
      "route replace 198.19.0.128/26 via 198.18.2.11 dev tunl0 proto 12 onlink",
      "route replace 198.19.0.192/26 via 198.18.2.12 dev tunl0 proto 12 onlink",
    ]);
  });

  it("none: other racks' blocks through the router, where BIRD's recursive next hop leads", () => {
    assert.deepEqual(blockRoutes(plan, "none"), [
      "route replace blackhole 198.19.0.0/26 proto 12",
      "route replace 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 12",
      "route replace 198.19.0.128/26 via 198.18.1.1 dev eth0 proto 12",
      "route replace 198.19.0.192/26 via 198.18.1.1 dev eth0 proto 12",
    ]);
  });

  it("wide prefixes: a node of the other rack is a neighbor by its registered network", async () => {
    const wide = await planOf("wide-prefix");
    const routes = blockRoutes(wide, "vxlan-cross-subnet").filter((line) => !line.includes("blackhole"));
    assert.ok(routes.length > 0);
    assert.ok(
      routes.every((line) => line.endsWith("dev eth0 proto 80 onlink")),
      routes.join("\n"),
    );
  });

  it("gives each node its VTEP and a permanent entry for every other, also those of its own rack", () => {
    const script = renderInstall(programOf(plan, "vxlan-cross-subnet"));
    // 66 and the first five bytes of `printf a1 | sha1sum`.
    assert.match(
      script,
      /^link add vxlan\.calico address 66:f2:9b:c9:1b:bd type vxlan id 4096 local 198\.18\.1\.11 dev eth0 dstport 4789 nolearning$/m,
    );
    assert.equal(script.match(/^fdb replace 66:/gm)?.length, 3);
    assert.equal(script.match(/^neigh replace .* nud permanent$/gm)?.length, 3);
    assert.match(script, /^addr replace 198\.19\.0\.0\/32 dev vxlan\.calico$/m);
  });

  it("has no tunnel, no FDB and no tunnel masquerade without encapsulation", () => {
    assert.doesNotMatch(renderInstall(programOf(plan, "none")), /vxlan|tunl0|fdb|fib saddr/);
  });

  it("uses few processes: two batches of ip, one of bridge, one of nft, and one per pod", () => {
    const script = renderInstall(programOf(plan, "vxlan-cross-subnet"));
    const processes = script.match(/^(ip|bridge|nft) .*<<'END'$/gm) ?? [];
    assert.equal(processes.length, 4 + programOf(plan, "vxlan-cross-subnet").pods.length);
  });

  it("dual stack: IPv6 has a VTEP and routes of its own, and pods the smaller MTU", async () => {
    const script = renderInstall(programOf(await planOf("dual-stack"), "vxlan-always"));
    assert.match(script, /^link set vxlan-v6\.calico mtu 1430 up$/m);
    assert.match(script, /^route replace fd\S+\/122 via fd\S+ dev vxlan-v6\.calico proto 3 onlink mtu 1430$/m);
    assert.match(script, / mtu 1430 type veth peer name eth0 mtu 1430 netns x-a1-p1$/m);
    assert.match(script, /^table ip6 calico-reference \{$/m);
  });

  it("switches by replacing routes before the old device goes, and leaves pods alone", () => {
    const script = renderSwitch(programOf(plan, "vxlan-always"), programOf(plan, "none"));
    assert.ok(script.indexOf("route replace 198.19.0.64/26 via 198.18.1.12") < script.indexOf("link del vxlan.calico"));
    assert.doesNotMatch(script, /netns|veth/);
  });
});

describe("pairs that convergence waits for", () => {
  const names = (plan: Plan, id: ModeId): readonly string[] =>
    deliveringPairs(plan, modeOf(id)).map(({ from, to, family }) => `${from} ${to} ${family}`);

  it("every pair of nodes where a tunnel bridges the racks", async () => {
    const plan = await planOf("two-racks");
    assert.equal(names(plan, "vxlan-cross-subnet").length, 6);
    assert.equal(names(plan, "ipip-always").length, 6);
  });

  it("without encapsulation only pairs of one rack, unless the fabric knows the blocks", async () => {
    assert.deepEqual(names(await planOf("two-racks"), "none"), ["a1-p1 a2-p1 4", "b1-p1 b2-p1 4"]);
    assert.equal(names(await planOf("static-fabric"), "none").length, 6);
  });

  it("wide prefixes: pairs behind the router get nothing through in CrossSubnet", async () => {
    assert.deepEqual(names(await planOf("wide-prefix"), "vxlan-cross-subnet"), ["a1-p1 a2-p1 4", "b1-p1 b2-p1 4"]);
  });
});

describe("the reference dataplane's script where each pool has its own mode", () => {
  it("makes the routes of each, the tunnel's address from its own pool, and NAT for the pools that ask for it", async () => {
    const plan = await planOf("mixed-encapsulations");
    const script = renderInstall(programOf(plan, "pools"));
    const lines = script.split("\n").filter((line) => line.startsWith("route replace"));
    assert.deepEqual(lines.slice(0, 4), [
      "route replace blackhole 198.19.0.0/26 proto 80",
      "route replace blackhole 198.19.64.0/26 proto 12",
      "route replace 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink",
      "route replace 198.19.64.64/26 via 198.18.1.12 dev eth0 proto 12",
    ]);
    assert.ok(lines.includes("route replace 198.19.64.128/26 via 198.18.1.1 dev eth0 proto 12"));
    assert.match(script, /set pools \{[^}]*elements = \{ 198\.19\.0\.0\/18, 198\.19\.64\.0\/18 \}/);
    assert.match(script, /set masqueraded \{[^}]*elements = \{ 198\.19\.0\.0\/18 \}/);
  });
});

describe("the reference dataplane's script where nodes borrow addresses", () => {
  it("makes a route to each, and to a borrowed VTEP one on the device, as Felix does", async () => {
    const script = renderInstall(programOf(await planOf("borrowed-blocks"), "vxlan-cross-subnet"));
    const lines = script.split("\n").filter((line) => line.startsWith("route replace 198.19.0.6"));
    assert.deepEqual(lines, [
      "route replace 198.19.0.64/26 via 198.18.1.12 dev eth0 proto 80 onlink",
      "route replace 198.19.0.62 via 198.19.0.63 dev vxlan.calico proto 3 onlink mtu 1450",
      "route replace 198.19.0.61 via 198.19.0.63 dev vxlan.calico proto 3 onlink mtu 1450",
      "route replace 198.19.0.63 dev vxlan.calico proto 3 mtu 1450",
    ]);
    const nearVtep = script
      .split("\n")
      .filter((line) => /^route replace 198\.19\.0\.(?:63|127) via 198\.18\./.test(line));
    assert.deepEqual(nearVtep, [], "and none past the tunnel (calico 12180)");
  });
});
