import assert from "node:assert/strict";
import { planOf } from "../encap/plan.fixture.ts";
import { twinRoutes } from "./plain-twin.ts";

describe("twinRoutes", () => {
  it("leads by the routers between racks", async () => {
    const routes = twinRoutes(await planOf("two-racks"), 4, end("a1", "198.19.0.2"), end("b1", "198.19.0.130"));
    assert.deepEqual(routes, [
      { where: "a1", device: "eth0", via: "198.18.1.1", to: "198.19.0.130" },
      { where: "tor", device: "eth1", via: "198.18.2.11", to: "198.19.0.130" },
    ]);
  });

  it("leads straight to a node of the same rack", async () => {
    const routes = twinRoutes(await planOf("two-racks"), 4, end("a1", "198.19.0.2"), end("a2", "198.19.0.66"));
    assert.deepEqual(routes, [{ where: "a1", device: "eth0", via: "198.18.1.12", to: "198.19.0.66" }]);
  });

  it("leads from router to router", async () => {
    const routes = twinRoutes(await planOf("narrow-core"), 4, end("a1", "198.19.0.2"), end("b1", "198.19.0.130"));
    assert.deepEqual(
      routes.map(({ where, via }) => `${where} ${via}`),
      ["a1 198.18.1.1", "r1 198.18.9.2", "r2 198.18.2.11"],
    );
  });
});

function end(node: string, address: string): { node: string; address: string } {
  return { node, address };
}
