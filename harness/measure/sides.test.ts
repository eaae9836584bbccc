import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { ModeId } from "../encap/mode.ts";
import { measuredPaths } from "./sides.ts";

describe("the paths that are measured", () => {
  const classesOf = async (topology: string, id: ModeId) => {
    const [plan, mode] = [await planOf(topology), modeOf(id)];
    const identities = identitiesFromAllocation(plan, mode);
    const expectations = enumeratePaths(plan, mode, "quick").map((path) => expectPath(plan, mode, identities, path));
    return measuredPaths(expectations).map(({ path }) => `${path.traffic} ${path.locality} v${path.family}`);
  };

  it("are one between pods for each locality on the wire, nearest first", async () => {
    assert.deepEqual(await classesOf("two-racks", "vxlan-cross-subnet"), [
      "pod-to-pod same-subnet v4",
      "pod-to-pod cross-subnet v4",
    ]);
  });

  it("are those of each family, but for what the mode cannot carry", async () => {
    const both = ["same-subnet v4", "cross-subnet v4", "same-subnet v6", "cross-subnet v6"];
    assert.deepEqual(
      await classesOf("dual-stack", "vxlan-always"),
      both.map((one) => `pod-to-pod ${one}`),
    );
    assert.deepEqual(
      await classesOf("dual-stack", "ipip-always"),
      both.slice(0, 2).map((one) => `pod-to-pod ${one}`),
    );
  });

  it("leave out what must end on the way", async () => {
    assert.deepEqual(await classesOf("two-racks", "none"), ["pod-to-pod same-subnet v4"]);
  });
});
