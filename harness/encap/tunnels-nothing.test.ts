import assert from "node:assert/strict";
import { modeOf, planOf } from "./plan.fixture.ts";
import { tunnelsNothing } from "./tunnels-nothing.ts";

describe("tunnelsNothing", () => {
  it("is true of CrossSubnet where all nodes are in one subnet, and only there", async () => {
    const [one, two] = [await planOf("one-rack"), await planOf("two-racks")];
    assert.equal(tunnelsNothing(modeOf("vxlan-cross-subnet"), one), true);
    assert.equal(tunnelsNothing(modeOf("vxlan-cross-subnet"), two), false);
  });

  it("is false of the other policies: what stays plain there is no surprise", async () => {
    const one = await planOf("one-rack");
    assert.deepEqual(
      [tunnelsNothing(modeOf("vxlan-always"), one), tunnelsNothing(modeOf("none"), one)],
      [false, false],
    );
  });
});
