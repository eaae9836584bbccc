import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { UsageError } from "../core/errors.ts";
import { parseTopology } from "./parse-topology.ts";

const folder = new URL("testdata/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");
const minimal = `
subnets: { rack-a: { cidr: 198.18.1.0/24 } }
routers: { tor: { subnets: [rack-a] } }
nodes: { a1: { subnet: rack-a } }
`;

function problemsOf(text: string, source = "t.yaml"): readonly string[] {
  try {
    parseTopology(text, source, "t");
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.ok(error.details.fix !== undefined);
    return error.message.split("\n");
  }
  return [];
}

describe("a bad topology file", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  // Beside each file lies the text that a user reads.
  for (const file of files) {
    it(`is refused with every problem and its place: ${file}`, () => {
      const expected = read(file.replace(".yaml", ".txt")).trimEnd().split("\n");
      assert.deepEqual(problemsOf(read(file), file), expected);
    });
  }

  it("has faults of form, of reference and of meaning reported together, with line and column", () => {
    assert.deepEqual(problemsOf(read("invalid-three-faults.yaml"), "mine.yaml"), [
      "mine.yaml: 3 problems",
      "  mine.yaml:7:11 subnets.rack-b.cidr: 198.18.1.128/25 overlaps rack-a (198.18.1.0/24)",
      '  mine.yaml:15:13 nodes.b1.subnet: "rack-c" does not exist (did you mean rack-a?); known: rack-a, rack-b',
      '  mine.yaml:17:9 fabric: unknown value "ospf"; one of none, static, bgp',
    ]);
  });

  it("names reflectors that are no nodes, or twice there", () => {
    assert.deepEqual(problemsOf(`${minimal}\nreflectors: [a1, a1, a9]\n`).slice(1), [
      '  t.yaml:6:18 reflectors.1: "a1" is listed twice',
      '  t.yaml:6:22 reflectors.2: "a9" is not a node (did you mean a1?); known: a1',
    ]);
  });

  it("has routers that stand by for nobody, for themselves, for others of other subnets, or for who stands by", () => {
    const withRouters = (routers: string): string =>
      problemsOf(`
subnets: { rack-a: { cidr: 198.18.1.0/24 }, rack-b: { cidr: 198.18.2.0/24 } }
routers: { r1: { subnets: [rack-a, rack-b] }, ${routers} }
nodes: { a1: { subnet: rack-a } }
`)
        .slice(1)
        .join("\n");
    assert.equal(withRouters("r2: { subnets: [rack-b, rack-a], standbyFor: r1 }"), "");
    const two = (standbyFor: string, subnets = "rack-a, rack-b"): string =>
      withRouters(`r2: { subnets: [${subnets}], standbyFor: ${standbyFor} }`);
    assert.match(two("r9"), /t\.yaml:3:\d+ routers\.r2\.standbyFor: "r9" is no other router .*; known: r1/);
    assert.match(two("r2"), /routers\.r2\.standbyFor: "r2" is no other router/);
    assert.match(two("r1", "rack-a"), /"r1" has other subnets \(rack-a, rack-b\): who stands by must have the same/);
    const chain = "r2: { subnets: [rack-a, rack-b], standbyFor: r1 }, r3: { subnets: [rack-a, rack-b], standbyFor: ";
    assert.match(withRouters(`${chain}r2 }`), /routers\.r3\.standbyFor: "r2" itself stands by for r1/);
    assert.match(withRouters(`${chain}r1 }`), /routers\.r3\.standbyFor: another router stands by for "r1" already/);
    const taken = problemsOf(`
subnets: { rack-a: { cidr: 198.18.1.0/24 } }
routers: { r1: { subnets: [rack-a] }, r2: { subnets: [rack-a], standbyFor: r1 } }
nodes: { a1: { subnet: rack-a, address: 198.18.1.10 } }
`);
    assert.match(
      taken.join(),
      /nodes\.a1\.address: 198\.18\.1\.10 already belongs to the gateway that router r1 holds/,
    );
  });

  it("puts a node with a /128 on a wire that it shares", () => {
    const rack = 'subnets: { rack-a: { cidr6: "fd00:18:1::/64" } }\nrouters: { tor: { subnets: [rack-a] } }\n';
    const single = "nodes: { a1: { subnet: rack-a, prefix6: 128 }";
    assert.deepEqual(problemsOf(`${rack}${single} }\n`), []);
    assert.match(
      problemsOf(`${rack}${single}, a2: { subnet: rack-a } }\n`).join(),
      /a1\.prefix6: a node with a \/128 has a wire/,
    );
    const longer = problemsOf(`${rack}${single.replace("128", "120")} }\n`).join();
    assert.match(longer, /out of reach; for what Calico registers, use registeredPrefix6, or take 128/);
  });

  it("has VLANs that no tag can name", () => {
    const withVlan = (id: string): readonly string[] =>
      problemsOf(minimal.replace("198.18.1.0/24", `198.18.1.0/24, vlan: ${id}`)).slice(1);
    assert.deepEqual(withVlan("4094"), []);
    for (const id of ["0", "4095", "1.5", "eth0"])
      assert.match(withVlan(id)[0] ?? "", /^ {2}t\.yaml:2:49 subnets\.rack-a\.vlan: /, id);
  });

  it("names backends that are no nodes or lack the pods, and Services that are called like those of pods", () => {
    const shared = (services: string): readonly string[] =>
      problemsOf(`${minimal}\nservices: { shared: { ${services} } }\n`).slice(1);
    assert.deepEqual(shared("web: { backends: [a1, a1] }"), []);
    assert.deepEqual(shared("web: { backends: [a1, a9] }"), [
      '  t.yaml:6:45 services.shared.web.backends.1: "a9" is not a node (did you mean a1?); known: a1',
    ]);
    assert.deepEqual(shared("web: { backends: [a1, a1, a1] }"), [
      "  t.yaml:6:49 services.shared.web.backends.2: a1 would need 3 pods for its backends and has 2; set its `pods`, or name another node",
    ]);
    assert.deepEqual(shared("a1-p2: { backends: [a1, a1] }"), [
      '  t.yaml:6:23 services.shared.a1-p2: "a1-p2" is the name of the Service with that one backend already',
    ]);
    assert.match(shared("web: { backends: [a1] }").join(), /services\.shared\.web\.backends: /);
    assert.match(shared("web: { backend: [a1, a1] }").join(), /did you mean backends/);
  });

  it("names load balancer addresses that nobody asks for, that no router leads to, and that are too few", () => {
    const balanced = (more: string, network = "198.18.250.0/24"): readonly string[] =>
      problemsOf(`${minimal}\n${more}\nservices: { loadBalancers: ${network} }\n`).slice(1);
    const client = "external: { x: { subnet: rack-a } }";
    assert.deepEqual(balanced(`${client}\nfabric: static`), []);
    assert.deepEqual(balanced("fabric: static"), [
      "  t.yaml:7:28 services.loadBalancers: nobody outside asks for these addresses; add a client under `external:`",
    ]);
    assert.deepEqual(balanced(`${client}\nfabric: bgp`), []);
    assert.match(
      balanced(`${client}\nfabric: none`).join(),
      /no way to 198\.18\.250\.0\/24 with `fabric: none`; write/,
    );
    assert.match(
      balanced(`${client}\nfabric: static`, "198.18.250.0/30").join(),
      /too small for two addresses of each of 2/,
    );
    assert.match(balanced(`${client}\nfabric: static`, "198.18.1.0/28").join(), /overlaps rack-a/);
  });

  it("has tunnels that carry too little, or more than the wires do with VXLAN around it", () => {
    const within = (least: number, most: number): RegExp =>
      new RegExp(`tunnelMtu: \\d+ is not within ${least} and ${most}:`);
    assert.match(problemsOf(`${minimal}\ntunnelMtu: 1451\n`).join(), within(576, 1450));
    assert.match(problemsOf(`${minimal}\ntunnelMtu: 575\n`).join(), within(576, 1450));
    assert.deepEqual(problemsOf(`${minimal}\ntunnelMtu: 1450\nvni: 16777215\n`), []);
    const both = minimal.replace("cidr: 198.18.1.0/24", "cidr: 198.18.1.0/24, cidr6: fd00:18:1::/64");
    assert.match(problemsOf(`${both}\ntunnelMtu: 1450\n`).join(), within(1280, 1430));
    assert.match(problemsOf(`${minimal}\nvni: 16777216\n`).join(), /vni: /);
  });

  it("is not accused of faults that follow from another one", () => {
    const text = minimal.replace("cidr: 198.18.1.0/24", "cidr: 198.18.1.0/99");
    assert.equal(problemsOf(text).length, 2, problemsOf(text).join("\n"));
  });

  it("never makes the reader fail otherwise, whatever line is lost or repeated", () => {
    const lines = readFileSync(new URL("../../topologies/dual-stack.yaml", import.meta.url), "utf8").split("\n");
    for (const [index, line] of lines.entries()) {
      problemsOf(lines.toSpliced(index, 1).join("\n"));
      problemsOf(lines.toSpliced(index, 0, line).join("\n"));
      problemsOf(lines.toSpliced(index, 1, line.replace(/[0-9]+/, "-7")).join("\n"));
      problemsOf(lines.toSpliced(index, 1, line.replace(/:.*/, ": []")).join("\n"));
      problemsOf(lines.toSpliced(index, 1, line.replace(/:.*/, ": null")).join("\n"));
    }
  });

  it("may hold an IPv4 address in IPv6 dress and is refused in order", () => {
    const [, problem] = problemsOf(
      minimal.replace("{ subnet: rack-a }", '{ subnet: rack-a, address6: "::ffff:1.2.3.4" }'),
    );
    assert.equal(problem, "  t.yaml:4:42 nodes.a1.address6: rack-a has no IPv6 network for ::ffff:102:304");
  });

  it("is not misled by names that every JavaScript object knows", () => {
    const [, problem] = problemsOf(minimal.replace("{ subnet: rack-a }", "{ subnet: constructor }"));
    assert.equal(problem, '  t.yaml:4:24 nodes.a1.subnet: "constructor" does not exist; known: rack-a');
  });

  it("cannot blow up by aliases", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]", "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]", "c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]"];
    const text = [...bomb, "d: &d [*b,*b,*b,*b,*b,*b,*b,*b]", "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d]"].join("\n");
    assert.ok(problemsOf(text).length > 1);
  });
});

describe("a good topology file", () => {
  it("needs nothing but subnets, routers and nodes", () => {
    const topology = parseTopology(minimal, "t.yaml", "fallback");
    assert.deepEqual(topology, {
      name: "fallback",
      description: "",
      source: "t.yaml",
      families: [4],
      fabric: "none",
      subnets: [{ name: "rack-a", cidrs: { 4: "198.18.1.0/24" }, mtu: 1500 }],
      routers: [{ name: "tor", subnets: ["rack-a"], proxyArp: false }],
      nodes: [
        {
          name: "a1",
          subnet: "rack-a",
          addresses: { 4: "198.18.1.11/24" },
          registered: { 4: "198.18.1.11/24" },
          pods: 2,
        },
      ],
      pools: [{ family: 4, cidr: "198.19.0.0/17", blockSize: 26 }],
      services: { 4: "198.19.192.0/18" },
    });
  });

  it("may register a node with another prefix than its interface has", () => {
    const text = minimal.replace(
      "{ subnet: rack-a }",
      "{ subnet: rack-a, address: 198.18.1.40, registeredPrefix: 32 }",
    );
    const [node] = parseTopology(text, "t.yaml", "t").nodes;
    assert.deepEqual(node?.addresses, { 4: "198.18.1.40/24" });
    assert.deepEqual(node.registered, { 4: "198.18.1.40/32" });
  });

  it("may use IPv6 alone, with IPv6 pools and services by default", () => {
    const topology = parseTopology(minimal.replace("cidr: 198.18.1.0/24", 'cidr6: "FD00:18:1::/64"'), "t.yaml", "t");
    assert.deepEqual(topology.families, [6]);
    assert.deepEqual(topology.subnets[0]?.cidrs, { 6: "fd00:18:1::/64" });
    assert.deepEqual(topology.nodes[0]?.addresses, { 6: "fd00:18:1::b/64" });
    assert.deepEqual(topology.pools, [{ family: 6, cidr: "fd00:10:19::/48", blockSize: 122 }]);
    assert.deepEqual(topology.services, { 6: "fd00:10:20::/112" });
  });

  it("may leave a family of its subnets unused", () => {
    const both = minimal.replace("/24 }", '/24, cidr6: "fd00:18:1::/64" }');
    assert.deepEqual(parseTopology(both, "t.yaml", "t").families, [4, 6]);
    const one = parseTopology(`${both}families: [4]\n`, "t.yaml", "t");
    assert.deepEqual(one.families, [4]);
    assert.deepEqual(one.nodes[0]?.addresses, { 4: "198.18.1.11/24" });
  });
});
