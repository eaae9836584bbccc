import assert from "node:assert/strict";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { cniConfig } from "./pods.ts";

describe("what the CNI plugin is told", () => {
  const told = async (topology: string, node: string): Promise<Record<string, unknown>> => {
    const files = { calicoNode: "/calico-node", cniPlugin: "/calico" };
    const base = { files, folder: "/tmp/a1", bgp: true, rules: "iptables", version: "v3.32.1" } as const;
    const plan = planTopology(await loadTopology(topology));
    const text = cniConfig({ ...base, node, plan, machine: false, patience: 1 }, `${node}-p1`);
    return JSON.parse(text) as Record<string, unknown>;
  };

  it("leaves the MTU to Felix, but of a node that takes no part in WireGuard, whose pods get that of all others", async () => {
    assert.equal((await told("two-racks", "a1")).mtu, undefined);
    assert.equal((await told("wireguard", "a1")).mtu, undefined);
    assert.equal((await told("wireguard", "b2")).mtu, 1440);
  });
});
