import assert from "node:assert/strict";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { nodeSessions, renderNodeBird, renderRouterBird, routerSessions } from "./bird-config.ts";
import { parseProtocols } from "./bgp-sessions.ts";

const planOf = async (name: string): Promise<Plan> => planTopology(await loadTopology(name));

describe("configuration of a BGP fabric", () => {
  it("gives a router one session per node of its subnets and family, between the addresses on that wire", async () => {
    const plan = await planOf("dual-stack");
    const [router] = plan.routers;
    assert.ok(router);
    const sessions = routerSessions(plan, router);
    assert.equal(sessions.length, plan.nodes.length * 2);
    assert.deepEqual(
      sessions.slice(0, 1).map(({ name, peer, local, neighbor }) => [name, peer, local, neighbor]),
      [["a1_4", "a1", "198.18.1.1", "198.18.1.11"]],
    );
  });

  it("has both ends of each session name the same two addresses", async () => {
    const plan = await planOf("three-racks");
    const ends = (local: string, neighbor: string): string => [local, neighbor].toSorted().join(" ");
    const ofRouters = plan.routers.flatMap((router) => routerSessions(plan, router));
    const ofNodes = plan.nodes.flatMap((node) => nodeSessions(plan, node));
    assert.deepEqual(
      ofNodes.map(({ local, neighbor }) => ends(local, neighbor)).toSorted(),
      ofRouters.map(({ local, neighbor }) => ends(local, neighbor)).toSorted(),
    );
  });

  it("lets a node tell exactly its own block and take nothing", async () => {
    const plan = await planOf("bgp-fabric");
    const [node] = plan.nodes;
    assert.ok(node);
    const config = renderNodeBird(plan, node, { 4: ["198.19.0.0/26"] });
    assert.match(config, /route 198\.19\.0\.0\/26 blackhole;/);
    assert.match(config, /import none; export where source = RTS_STATIC;/);
    assert.doesNotMatch(config, /protocol kernel/);
  });

  it("lets every node tell the network of load balancer addresses, and the backend's node those with Local", async () => {
    const plan = await planOf("load-balancer-bgp");
    const routesOf = (node: string): readonly string[] => {
      const planned = plan.nodes.find(({ name }) => name === node);
      assert.ok(planned);
      return [...renderNodeBird(plan, planned, {}).matchAll(/route (\S+) blackhole/g)].map(([, route = ""]) => route);
    };
    assert.deepEqual(routesOf("a1"), ["198.18.250.0/24", "198.18.250.2/32", "198.18.250.4/32"]);
    assert.deepEqual(routesOf("b1"), ["198.18.250.0/24", "198.18.250.10/32", "198.18.250.12/32"]);
  });

  it("puts into a router's kernel what came by BGP, and nothing else", async () => {
    const plan = await planOf("bgp-fabric");
    const [router] = plan.routers;
    assert.ok(router);
    const config = renderRouterBird(plan, router);
    assert.match(
      config,
      /protocol kernel kernel4 \{\n {2}learn;\n {2}ipv4 \{ import all; export where source = RTS_BGP; \};/,
    );
    assert.equal(config.match(/rr client;/g)?.length, plan.nodes.length);
  });

  it("speaks iBGP within a rack's autonomous system, and eBGP without reflecting between two", async () => {
    const plan = await planOf("as-per-rack");
    const [torA] = plan.routers;
    const [a1] = plan.nodes;
    assert.ok(torA !== undefined && a1 !== undefined);
    const config = renderRouterBird(plan, torA);
    const session = (name: string): string =>
      new RegExp(`protocol bgp ${name} \\{[^}]*\\}[^}]*\\}`).exec(config)?.[0] ?? "";
    assert.match(session("a1_4"), /local 198\.18\.1\.1 as 65001;\n {2}neighbor 198\.18\.1\.11 as 65001;[^]*rr client;/);
    assert.match(session("tor_b_eth1_4"), /local 198\.18\.9\.1 as 65001;\n {2}neighbor 198\.18\.9\.2 as 65002;/);
    assert.doesNotMatch(session("tor_b_eth1_4"), /rr client/);
    assert.match(renderNodeBird(plan, a1, {}), /local 198\.18\.1\.11 as 65001;\n {2}neighbor 198\.18\.1\.1 as 65001;/);
  });

  it("reads the state of sessions, also of those that are down", () => {
    const text = [
      "BIRD 2.0.12 ready.",
      "Name       Proto      Table      State  Since         Info",
      "device1    Device     ---        up     12:00:00.000  ",
      "a1_4       BGP        ---        up     12:00:01.000  Established   ",
      "b1_4       BGP        ---        start  12:00:01.000  Active        Socket: Connection refused",
      "b2_4       BGP        ---        down   12:00:01.000  ",
    ].join("\n");
    assert.deepEqual(
      [...parseProtocols(text)],
      [
        ["a1_4", "Established"],
        ["b1_4", "Active"],
        ["b2_4", "down"],
      ],
    );
  });
});
