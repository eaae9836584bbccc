import assert from "node:assert/strict";
import { planOf } from "../encap/plan.fixture.ts";
import { vlanKernelProblems, vlanProblems } from "./vlan-problems.ts";

describe("problems with VLANs", () => {
  it("are told with their fix where the kernel has no 8021q, and where a provider's wires carry no tags", async () => {
    const plan = await planOf("vlan-uplinks");
    const [kernel] = vlanKernelProblems(plan, new Set(["vxlan"]));
    assert.equal(kernel?.what, "the kernel has no 8021q, which VLANs of vlan-uplinks need");
    assert.match(kernel.fix, /^modprobe 8021q, or see what else this machine can run/);
    assert.deepEqual(vlanKernelProblems(plan, new Set(["vlan"])), []);
    assert.match(
      vlanProblems(plan)[0]?.what ?? "",
      /^vlan-uplinks has racks with a VLAN \(vlan\), and wires of this provider/,
    );
  });

  it("are none of plans without VLANs", async () => {
    const plan = await planOf("two-racks");
    assert.deepEqual([...vlanKernelProblems(plan, new Set()), ...vlanProblems(plan)], []);
  });
});
