import assert from "node:assert/strict";
import { detectAddress, parseAutodetection } from "./autodetection.ts";
import { loadTopology } from "./load.ts";
import { planTopology } from "./make-plan.ts";
import { parseTopology } from "./parse-topology.ts";
import type { TopologyNode } from "./topology.ts";

const node: TopologyNode = {
  name: "a1",
  subnet: "rack-a",
  addresses: { 4: "198.18.1.11/24", 6: "fd00:18:1::b/64" },
  registered: {},
  networks: [
    { subnet: "storage", addresses: { 4: "198.18.50.11/24" } },
    { subnet: "mgmt", addresses: { 4: "198.18.100.11/24" } },
  ],
  pods: 2,
};

const found = (method: string, family: 4 | 6 = 4): string | undefined => detectAddress(method, node, family)?.device;

describe("Calico's autodetection of a node's address", () => {
  it("walks devices from the last to the first", () => {
    assert.equal(found("first-found"), "eth2");
    assert.equal(found("skip-interface=eth2"), "eth1");
    assert.equal(found("skip-interface=eth[12]"), "eth0");
    assert.equal(found("interface=eth0,eth1"), "eth1");
    assert.equal(found("cidr=198.18.0.0/22,198.18.50.0/24"), "eth1");
    assert.equal(found("cidr=198.18.0.0/22"), "eth0");
  });

  it("goes by the route to an address, and by the uplink for what no network holds", () => {
    assert.equal(found("can-reach=198.18.100.200"), "eth2");
    assert.equal(found("can-reach=203.0.113.1"), "eth0");
    assert.equal(found("kubernetes-internal-ip"), "eth0");
  });

  it("finds nothing where nothing fits, and only devices that have the family", () => {
    assert.equal(found("interface=bond0"), undefined);
    assert.equal(found("cidr=203.0.113.0/24"), undefined);
    assert.equal(found("first-found", 6), "eth0");
  });

  it("has no other methods", () => {
    for (const text of ["first", "cidr=", "cidr=198.18.1.0", "can-reach=host", "interface=(", "cidr=fd00::/8"])
      assert.equal(parseAutodetection(text, 4), undefined, text);
  });
});

describe("nodes with several devices", () => {
  const text = (rest: string): string => `
subnets: { rack-a: { cidr: 198.18.1.0/24 }, mgmt: { cidr: 198.18.100.8/29 } }
routers: { tor: { subnets: [rack-a] } }
${rest}
`;
  const problemsOf = (rest: string): string => {
    try {
      parseTopology(text(rest), "t.yaml", "t");
    } catch (error) {
      return String(error);
    }
    return "none";
  };

  it("have a port in each network, and no route over it but its own", async () => {
    const plan = planTopology(await loadTopology("two-uplinks"));
    assert.deepEqual(plan.nodes[3]?.others, [
      {
        device: "eth1",
        segment: "mgmt",
        bridgePort: "b2_eth1",
        mac: "02:01:00:00:00:04",
        addresses: { 4: "198.18.100.14/24" },
        mtu: 1500,
      },
    ]);
    assert.deepEqual(plan.nodes[3].routes, [{ family: 4, destination: "default", via: "198.18.2.1", device: "eth0" }]);
  });

  it("are refused in networks that do not exist, are theirs already or too small", () => {
    const nodes = (networks: string): string => `nodes: { a1: { subnet: rack-a, networks: [${networks}] } }`;
    assert.match(problemsOf(nodes("mgnt")), /t\.yaml:4:43 nodes\.a1\.networks\.0: "mgnt" .*did you mean mgmt/);
    assert.match(problemsOf(nodes("rack-a")), /"rack-a" is the rack it stands in/);
    assert.match(problemsOf(nodes("mgmt, mgmt")), /t\.yaml:4:49 nodes\.a1\.networks\.1: "mgmt" is listed twice/);
    assert.match(problemsOf(nodes("mgmt")), /198\.18\.100\.8\/29 is too small for this node's address there/);
  });

  it("are refused with a method that finds no address, or none of Calico's, or a registered prefix beside it", () => {
    const nodes = "nodes: { a1: { subnet: rack-a, registeredPrefix: 32 } }";
    const asked = (method: string): string => problemsOf(`autodetection: ${method}\n${nodes.replace("8/29", "0/24")}`);
    assert.match(asked("interface=bond0"), /t\.yaml:4:16 autodetection: "interface=bond0" finds no IPv4 address on a1/);
    assert.match(asked("nearest"), /t\.yaml:4:16 autodetection: "nearest": not a method of Calico's for IPv4/);
    assert.match(asked("first-found"), /nodes\.a1\.registeredPrefix: contradicts autodetection/);
  });
});
