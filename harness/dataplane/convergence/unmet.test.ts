import assert from "node:assert/strict";
import { modes } from "../../encap/mode.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { NodeFacts } from "../node-facts.ts";
import type { NodeProgram } from "../program/node-program.ts";
import { programNodes } from "../reference/program-node.ts";
import { firstUnmet } from "./unmet.ts";

describe("the walk to convergence on one node", () => {
  let program: NodeProgram;
  let complete: NodeFacts;
  before(async () => {
    const mode = modes.find(({ id }) => id === "vxlan-cross-subnet");
    assert.ok(mode);
    const [first] = programNodes(planTopology(await loadTopology("two-racks")), mode, () => "");
    assert.ok(first);
    program = first;
    complete = factsOf(program);
  });

  it("finds nothing missing where all is in place", () => {
    assert.equal(firstUnmet(program, complete), undefined);
  });

  it("names a device that is absent, down or of the wrong size", () => {
    const links = (change: (link: NodeFacts["links"][number]) => NodeFacts["links"]): NodeFacts => ({
      ...complete,
      links: complete.links.flatMap((link) => (link.device === "vxlan.calico" ? change(link) : [link])),
    });
    const seen = [
      links(() => []),
      links((link) => [{ ...link, up: false }]),
      links((link) => [{ ...link, mtu: 1500 }]),
      links((link) => [{ ...link, addresses: ["198.19.0.9/32"] }]),
    ].map((facts) => firstUnmet(program, facts));
    assert.deepEqual(seen, [
      { step: "device", seen: "no device vxlan.calico" },
      { step: "device", seen: "vxlan.calico is down" },
      { step: "device", seen: "vxlan.calico has MTU 1500 instead of 1450" },
      { step: "address", seen: "vxlan.calico lacks address 198.19.0.0 (it has 198.19.0.9/32)" },
    ]);
  });

  it("walks in order: a missing FDB entry is told before a missing route", () => {
    const [, ...fdb] = complete.fdb;
    assert.equal(firstUnmet(program, { ...complete, fdb, routes: [] })?.step, "neighbor");
    const [, ...neighbors] = complete.neighbors;
    assert.match(firstUnmet(program, { ...complete, neighbors })?.seen ?? "", /^no neighbor 198\.19\.0\.64 lladdr 66:/);
  });

  it("tells which route stands where another should", () => {
    const routes = complete.routes.map((route) =>
      route.destination === "198.19.0.64/26"
        ? { ...route, via: "198.19.0.64", device: "vxlan.calico", protocol: "boot" }
        : route,
    );
    assert.deepEqual(firstUnmet(program, { ...complete, routes }), {
      step: "route",
      seen: "route to 198.19.0.64/26 is via 198.19.0.64 dev vxlan.calico proto boot",
    });
    assert.equal(firstUnmet(program, { ...complete, routes: [] })?.seen, "route to 198.19.0.0/26 is missing");
  });
});

/** Facts that hold exactly a program, and what every node has beside it. */
function factsOf({ node, tunnels, pods, routes }: NodeProgram): NodeFacts {
  const link = { up: true, mac: "", kind: "veth" };
  return {
    node,
    routes: [
      { family: 4, destination: "default", type: "unicast", protocol: "boot", onlink: false, via: "198.18.1.1" },
      ...routes,
    ],
    links: [
      { ...link, device: "lo", mtu: 65536, addresses: ["127.0.0.1/8"] },
      ...tunnels.map(({ device, mtu, address }) => ({ ...link, device, mtu, addresses: [`${address}/32`] })),
      ...pods.map(({ hostDevice: device, mtu }) => ({ ...link, device, mtu, addresses: [] })),
    ],
    fdb: tunnels.flatMap(({ device, peers }) => peers.map(({ mac, host }) => ({ mac, destination: host, device }))),
    neighbors: tunnels.flatMap(({ device, peers }) =>
      peers.map(({ mac, tunnelAddress: address }) => ({ address, mac, device, state: "PERMANENT" })),
    ),
  };
}
