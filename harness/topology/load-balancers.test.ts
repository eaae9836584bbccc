import assert from "node:assert/strict";
import { balancedEntry } from "./load-balancers.ts";
import { loadTopology } from "./load.ts";

describe("the node that takes requests to load balancer addresses", () => {
  it("is the first of the file by static routes, and by BGP the one with the lowest address", async () => {
    const topology = await loadTopology("load-balancer-bgp");
    const nodes = topology.nodes.toReversed();
    assert.equal(balancedEntry({ ...topology, nodes, fabric: "static" }), "b2");
    assert.equal(balancedEntry({ ...topology, nodes }), "a1");
    const numbers = nodes.map((node, index) => ({
      ...node,
      addresses: { 4: `198.18.1.${index === 0 ? 9 : 10 + index}/24` },
    }));
    assert.equal(balancedEntry({ ...topology, nodes: numbers }), "b2");
  });
});
