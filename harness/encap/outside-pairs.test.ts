import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import { parseTopology } from "../topology/parse-topology.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { NodePair } from "./node-pairs.ts";
import { toBalancers, toNodePorts, toOutside } from "./outside-pairs.ts";
import { planOf } from "./plan.fixture.ts";

const text = `
subnets:
  rack-a: { cidr: 198.18.1.0/24 }
  rack-b: { cidr: 198.18.2.0/24 }
  outside: { cidr: 198.18.9.0/24 }
routers:
  tor: { subnets: [rack-a, rack-b, outside] }
nodes:
  a0: { subnet: rack-a, pods: 0 }
  a1: { subnet: rack-a }
  a2: { subnet: rack-a }
  b1: { subnet: rack-b }
external:
  near: { subnet: outside, role: client }
  first: { subnet: outside, role: server }
  second: { subnet: outside, role: server }
fabric: static
pools:
  - { cidr: 198.19.0.0/17 }
  - { cidr: 198.18.250.0/24, allowedUses: [LoadBalancer] }
services:
  loadBalancers: 198.18.250.0/24
`;

const words = (pairs: readonly NodePair[]): string => pairs.map(([from, to]) => `${from.name}>${to.name}`).join(" ");

describe("pairs with what is outside", () => {
  const plan = planTopology(parseTopology(text, "outside.yaml", "outside"));
  let without: Plan;
  before(async () => {
    without = await planOf("two-racks");
  });

  it("have every node with pods as a source, and its turn of the servers, or all of them", () => {
    assert.equal(words(toOutside(plan, false)), "a1>first a2>second b1>first");
    assert.equal(words(toOutside(plan, true)), "a1>first a1>second a2>first a2>second b1>first b1>second");
    assert.equal(words(toOutside(without, true)), "");
  });

  it("come in at the node that routers choose, for backends on nodes with pods", () => {
    assert.equal(words(toBalancers(plan, "masqueraded", true)), "a0>a1 a0>a2 a0>b1");
    assert.equal(words(toBalancers(plan, "masqueraded", false)), "a0>a1 a0>b1", "one of each locality");
    assert.equal(words(toBalancers(plan, "local", true)), "a1>a1 a2>a2 b1>b1");
    assert.equal(words(toBalancers(plan, "local", false)), "a1>a1 b1>b1", "one of each rack");
  });

  it("are none where nobody outside asks, or nothing is balanced", () => {
    assert.equal(words(toBalancers({ ...plan, external: [] }, "local", true)), "");
    const unbalanced = { ...without, external: plan.external ?? [] };
    assert.equal(words(toBalancers(unbalanced, "masqueraded", true)), "");
    assert.equal(words(toNodePorts({ ...plan, external: [] }, true)), "");
    assert.equal(words(toNodePorts(without, true)), "");
  });

  it("dial every node for every backend, or one node of each class", () => {
    assert.equal(
      words(toNodePorts(plan, true)),
      "a0>a1 a0>a2 a0>b1 a1>a1 a1>a2 a1>b1 a2>a1 a2>a2 a2>b1 b1>a1 b1>a2 b1>b1",
    );
    assert.equal(words(toNodePorts(plan, false)), "a1>a1 a0>a1 a0>b1 b1>a1 b1>b1");
  });
});
