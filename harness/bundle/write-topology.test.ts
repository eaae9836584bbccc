import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { modeOf } from "../encap/plan.fixture.ts";
import { planTopology } from "../topology/make-plan.ts";
import { parseTopology } from "../topology/parse-topology.ts";
import type { Topology } from "../topology/topology.ts";
import { bundleFiles, judged } from "./bundle.fixture.ts";
import { labAddresses } from "./lab-addresses.ts";
import { writeTopology } from "./write-topology.ts";

function topologyOf(files: ReadonlyMap<string, string>, anonymize = false): { topology: Topology; text: string } {
  const { text } = writeTopology(judged(files), anonymize);
  return { text, topology: parseTopology(text, "made.yaml", "made") };
}

/** Other names and addresses in every file of a bundle. */
function renamed(
  files: ReadonlyMap<string, string>,
  names: readonly (readonly [string, string])[],
): Map<string, string> {
  const change = (text: string): string => names.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return new Map([...files].map(([path, text]) => [change(path), change(text)]));
}

describe("a topology made of a bundle", () => {
  it("is valid, has the racks, and carries what is wrong", async () => {
    const { topology, text } = topologyOf(await bundleFiles("planted"));
    assert.deepEqual(
      topology.nodes.map(({ name, subnet, addresses }) => [name, subnet, addresses[4]]),
      [
        ["a1", "rack-a", "198.18.1.11/24"],
        ["a2", "rack-a", "198.18.1.12/24"],
        ["b1", "rack-b", "198.18.2.11/24"],
        ["b2", "rack-b", "198.18.2.12/24"],
      ],
    );
    assert.deepEqual(topology.incident, [
      { node: "a1", to: "a2", route: "tunnel" },
      { node: "b1", to: "a1", route: "missing" },
    ]);
    assert.match(text, /guess: one router/);
    const localities = enumeratePaths(planTopology(topology), modeOf("vxlan-cross-subnet"), "quick");
    assert.deepEqual([...new Set(localities.map(({ locality }) => locality))].sort(), [
      ...["cross-subnet", "same-node", "same-subnet"],
    ]);
  });

  it("carries what comes of a prefix that is registered, whether the routes already show it or not", async () => {
    const files = await bundleFiles();
    const path = "cluster/kubernetes/nodes.yaml";
    const { topology, text } = topologyOf(
      new Map([...files, [path, (files.get(path) ?? "").replace("198.18.2.12/24", "198.18.2.12/32")]]),
    );
    assert.deepEqual(topology.incident, [{ node: "b2", to: "b1", route: "tunnel" }]);
    assert.doesNotMatch(text, /not part of this file/);
  });

  it("carries no incident of a sound cluster", async () => {
    assert.equal(topologyOf(await bundleFiles()).topology.incident, undefined);
  });

  it("keeps no name and no address of the cluster when it is to be anonymous", async () => {
    const files = renamed(await bundleFiles("planted"), [
      ["198.18.1.1", "10.77.41.8"],
      ["198.18.1.", "10.77.41."],
      ["198.18.2.", "172.31.9."],
      ...["a1", "a2", "b1", "b2"].flatMap((name) => [
        [`/${name}/`, `/secret-${name}.example.com/`] as const,
        [`name: ${name}\n`, `name: secret-${name}.example.com\n`] as const,
        [`node: ${name}\n`, `node: secret-${name}.example.com\n`] as const,
      ]),
    ]);
    const open = topologyOf(files);
    assert.match(open.text, /was secret-a1\.example\.com/);
    assert.match(open.text, /was 172\.31\.9\.0\/24/);
    const { text, topology } = topologyOf(files, true);
    assert.doesNotMatch(text, /secret|example|10\.77|172\.31|41|\.9\./);
    assert.deepEqual(
      topology.nodes.map(({ name }) => name),
      ["a1", "a2", "b1", "b2"],
    );
  });
});

describe("the addresses of a lab", () => {
  it("keep the last 16 bits where all networks share the first", () => {
    const lab = labAddresses(["10.10.4.0/22", "10.10.200.0/26"], true);
    assert.deepEqual(
      [lab.network("10.10.4.0/22"), lab.network("10.10.200.0/26")],
      ["198.18.4.0/22", "198.18.200.0/26"],
    );
    assert.equal(lab.address("10.10.4.0/22", "10.10.7.9"), "198.18.7.9");
    assert.equal(lab.address("10.10.4.0/22", "10.10.9.9"), undefined);
  });

  it("are next to each other otherwise, without overlap", () => {
    const lab = labAddresses(["10.1.0.0/24", "172.16.0.0/16", "10.1.0.0/24"], true);
    assert.deepEqual([lab.network("172.16.0.0/16"), lab.network("10.1.0.0/24")], ["198.18.16.0/20", "198.18.32.0/24"]);
    assert.deepEqual(
      ["172.16.3.4", "172.16.200.4"].map((address) => lab.address("172.16.0.0/16", address)),
      ["198.18.19.4", undefined],
    );
  });
});
