import assert from "node:assert/strict";
import { modes, type Mode, type ModeId } from "../../encap/mode.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { identitiesFrom, lacking, registrationsFrom, type IdentityEntries } from "./read-identities.ts";

const modeOf = (id: ModeId): Mode => modes.find((mode) => mode.id === id) ?? assert.fail();

/** Entries as Calico v3.32.1 wrote them, cut down to what is read. */
const entries = (plan: Plan): IdentityEntries => ({
  nodes: [
    {
      key: "/calico/resources/v3/projectcalico.org/nodes/a1",
      value: JSON.stringify({
        spec: {
          bgp: { ipv4Address: "198.18.1.11/24", ipv4IPIPTunnelAddr: "198.19.30.130" },
          ipv4VXLANTunnelAddr: "198.19.30.128",
          ipv6VXLANTunnelAddr: "fd00:10:19:1e80::",
        },
      }),
    },
  ],
  endpoints: plan.allocation.pods.map(({ node, hostDevice }, index) => ({
    key: `/calico/resources/v3/projectcalico.org/workloadendpoints/default/${node}-cni-${index}-eth0`,
    value: JSON.stringify({
      spec: {
        node,
        interfaceName: hostDevice,
        ipNetworks: [`198.19.30.${129 + index}/32`, `fd00:10:19:1e80::${index + 1}/128`],
      },
    }),
  })),
  blocks: [
    { key: "/calico/ipam/v2/host/a1/ipv4/block/198.19.30.128-26", value: '{"state":"confirmed"}' },
    { key: "/calico/ipam/v2/host/a1/ipv4/block/198.19.99.0-26", value: '{"state":"pending"}' },
    { key: "/calico/ipam/v2/host/a1/ipv6/block/fd00-10-19-1e80---122", value: '{"state":"confirmed"}' },
    { key: "/calico/ipam/v2/host/a10/ipv4/block/198.19.31.0-26", value: '{"state":"confirmed"}' },
  ],
});

describe("identities out of the datastore", () => {
  it("are what IPAM gave out: blocks that are confirmed, the tunnel address of the mode, the pods' addresses", async () => {
    const plan = planTopology(await loadTopology("dual-stack"));
    const { nodes, pods } = identitiesFrom(plan, modeOf("vxlan-always"), entries(plan));
    const [a1] = nodes;
    assert.deepEqual(a1?.blocks, { 4: ["198.19.30.128/26"], 6: ["fd00:10:19:1e80::/122"] });
    assert.deepEqual(a1.tunnelAddresses, {
      "vxlan.calico": "198.19.30.128",
      "vxlan-v6.calico": "fd00:10:19:1e80::",
    });
    assert.deepEqual(a1.registered[4], "198.18.1.11/24");
    assert.deepEqual(pods[0]?.addresses, { 4: "198.19.30.129", 6: "fd00:10:19:1e80::1" });
    assert.equal(lacking(plan, identitiesFrom(plan, modeOf("none"), entries(plan))), undefined);
  });

  it("tell apart what the topology intends and what Calico has registered", async () => {
    const plan = planTopology(await loadTopology("dual-stack"));
    const { nodes } = entries(plan);
    assert.deepEqual(registrationsFrom(nodes), [{ node: "a1", addresses: ["198.18.1.11/24"] }]);
  });

  it("have no tunnel address that belongs to another mode", async () => {
    const plan = planTopology(await loadTopology("dual-stack"));
    const tunnels = (id: ModeId): unknown => identitiesFrom(plan, modeOf(id), entries(plan)).nodes[0]?.tunnelAddresses;
    assert.deepEqual(tunnels("none"), {});
    assert.deepEqual(tunnels("ipip-always"), { tunl0: "198.19.30.130" });
  });

  it("lack a pod that has no endpoint, by name", async () => {
    const plan = planTopology(await loadTopology("two-racks"));
    const { endpoints, ...rest } = entries(plan);
    const identities = identitiesFrom(plan, modeOf("none"), { ...rest, endpoints: endpoints.slice(1) });
    assert.match(lacking(plan, identities) ?? "", /pod a1-p1 has no endpoint/);
  });
});
