import assert from "node:assert/strict";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { nodeEnvironment, nodeServices, type NodeCalico } from "./node-command.ts";

async function calicoOf(changes: Partial<NodeCalico>): Promise<NodeCalico> {
  return {
    node: "a1",
    plan: planTopology(await loadTopology("two-racks")),
    files: { calicoNode: "/calico-node", cniPlugin: "/calico" },
    folder: "/tmp/a1",
    bgp: true,
    rules: "iptables",
    version: "v3.32.1",
    machine: false,
    patience: 1,
    ...changes,
  };
}

describe("the programs of a node's Calico", () => {
  const flags = async (version: string): Promise<readonly (string | undefined)[]> =>
    nodeServices(await calicoOf({ version })).map(({ argv }) => argv.at(-1));

  it("are those that its release has", async () => {
    const before = ["-felix", "-monitor-addresses", "-allocate-tunnel-addrs", "-status-reporter"];
    assert.deepEqual(await flags("v3.30.7"), before);
    assert.deepEqual(await flags("v3.31.0-0.dev"), before);
    for (const version of ["v3.32.1", "v4.0.0", "dirty"])
      assert.deepEqual(await flags(version), ["-felix", "-node-services"]);
  });
});

describe("the environment of a node's Calico", () => {
  const environment = async (changes: Partial<NodeCalico>): Promise<Readonly<Record<string, string>>> =>
    nodeEnvironment(await calicoOf(changes));

  it("registers the node by its planned address and prefix, and leaves pools to the datastore", async () => {
    const { IP, IP6, NO_DEFAULT_POOLS } = await environment({});
    assert.deepEqual([IP, IP6, NO_DEFAULT_POOLS], ["198.18.1.11/24", "none", "true"]);
  });

  it("runs BIRD only where the mode or the fabric needs it", async () => {
    assert.equal((await environment({})).CALICO_NETWORKING_BACKEND, "bird");
    assert.equal((await environment({ bgp: false })).CALICO_NETWORKING_BACKEND, "vxlan");
  });

  it("lets Felix choose its tables on this kernel, and names those that a machine's kernel has", async () => {
    assert.equal((await environment({})).FELIX_IPTABLESBACKEND, undefined);
    assert.equal((await environment({ machine: true })).FELIX_IPTABLESBACKEND, "NFT");
  });
});
