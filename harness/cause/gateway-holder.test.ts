import assert from "node:assert/strict";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { planOf } from "../encap/plan.fixture.ts";
import { causes } from "./incident.fixture.ts";

const plan = await planOf("standby-router");

/** The addresses of rack a's port of a router, instead of those that it has by itself. */
const withAddresses =
  (...addresses: readonly string[]) =>
  ({ links }: NodeFacts): Partial<NodeFacts> => ({
    links: links.map((link) => (link.device === "eth0" ? { ...link, addresses } : link)),
  });

/** What is told where the routers' ports in rack a have these addresses; those in rack b are right. */
function told(tor1: readonly string[], tor2: readonly string[]): string {
  const rackB = ({ links }: NodeFacts): NodeFacts["links"] =>
    links.map((link) => (link.device === "eth1" ? { ...link, addresses: ["198.18.2.1/24", "198.18.2.10/32"] } : link));
  const [first] = causes({
    plan,
    path: "a1->b1",
    silent: ["tor1/eth0", "tor1/eth1", "b1/eth0", "b1/cali"],
    after: {
      tor1: (facts) => withAddresses(...tor1)({ ...facts, links: rackB(facts) }),
      tor2: withAddresses(...tor2),
    },
  });
  return `${first?.name}: ${first?.sentence}`;
}

describe("the cause gateway-holder", () => {
  it("tells the standby that took over, and that both are active", () => {
    assert.equal(
      told(["198.18.1.1/24"], ["198.18.1.2/24", "198.18.1.10/32"]),
      "gateway-holder: 198.18.1.10, the gateway's address that tor1 must hold, is at tor2, which stands by: it took over",
    );
    assert.equal(
      told(["198.18.1.1/24", "198.18.1.10/32"], ["198.18.1.2/24", "198.18.1.10/32"]),
      "gateway-holder: 198.18.1.10, the gateway's address that tor1 must hold, is at tor1 and tor2: both are active",
    );
    assert.match(told(["198.18.1.1/24"], ["198.18.1.2/24"]), /^gateway-holder: 198\.18\.1\.10, .* is at no router$/);
  });

  it("is none where the active router holds it", () => {
    assert.doesNotMatch(told(["198.18.1.1/24", "198.18.1.10/32"], ["198.18.1.2/24"]), /gateway-holder/);
  });
});
