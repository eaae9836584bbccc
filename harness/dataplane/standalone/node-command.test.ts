import assert from "node:assert/strict";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { nodeEnvironment, type NodeCalico } from "./node-command.ts";

describe("the environment of a node's Calico", () => {
  const environment = async (changes: Partial<NodeCalico>): Promise<Readonly<Record<string, string>>> =>
    nodeEnvironment({
      node: "a1",
      plan: planTopology(await loadTopology("two-racks")),
      files: { calicoNode: "/calico-node", cniPlugin: "/calico" },
      folder: "/tmp/a1",
      bgp: true,
      rules: "iptables",
      machine: false,
      patience: 1,
      ...changes,
    });

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
