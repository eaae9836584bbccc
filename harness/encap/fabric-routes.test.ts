import assert from "node:assert/strict";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import { blocksUnknownBecause } from "./fabric-routes.ts";
import { modes } from "./mode.ts";

describe("what routers know of pods", () => {
  const unknown = async (topology: string): Promise<readonly (string | undefined)[]> => {
    const plan = planTopology(await loadTopology(topology));
    return modes.map((mode) => blocksUnknownBecause(plan, mode, 4));
  };

  it("is everything in a static fabric, and nothing without one, whatever the mode", async () => {
    assert.deepEqual(new Set(await unknown("static-fabric")), new Set([undefined]));
    assert.deepEqual(new Set(await unknown("two-racks")), new Set(["fabric: none"]));
  });

  it("is by BGP what Calico's BIRD exports: pools without VXLAN", async () => {
    const known = (await unknown("bgp-fabric")).map((reason) => reason === undefined);
    assert.deepEqual(
      modes.map(({ id }, index) => [id, known[index]]),
      [
        ["none", true],
        ["ipip-always", true],
        ["ipip-cross-subnet", true],
        ["vxlan-always", false],
        ["vxlan-cross-subnet", false],
      ],
    );
  });
});
