import assert from "node:assert/strict";
import { modeOf, planOf } from "../../encap/plan.fixture.ts";
import { programNodes } from "./program-node.ts";
import type { NodeProgram } from "../program/node-program.ts";
import { renderBoot, renderHalt } from "./render-reboot.ts";

describe("the reference dataplane's reboot of a node", () => {
  const programOf = async (mode: "vxlan-always" | "ipip-always"): Promise<NodeProgram> =>
    programNodes(await planOf("two-racks"), modeOf(mode), () => "x-")[0] ?? assert.fail();

  it("leaves no device on that would pass on packets", async () => {
    assert.match(renderHalt(await programOf("vxlan-always")), /^link del vxlan\.calico$/m);
    assert.match(renderHalt(await programOf("ipip-always")), /^addr flush dev tunl0\nlink set tunl0 down$/m);
    assert.match(renderHalt(await programOf("vxlan-always")), /^route del blackhole 198\.19\.0\.0\/26$/m);
  });

  it("has the own block before any tunnel, and pods after all routes", async () => {
    const lines = renderBoot(await programOf("vxlan-always")).split("\n");
    const first = (start: string): number => {
      const found = lines.findIndex((line) => line.startsWith(start));
      assert.ok(found >= 0, start);
      return found;
    };
    assert.ok(first("route replace blackhole 198.19.0.0/26") < first("link add vxlan.calico"));
    assert.ok(lines.findLastIndex((line) => line.startsWith("route replace")) < first("link set cali"));
    assert.equal(
      lines.some((line) => line.startsWith("netns add")),
      false,
    );
  });
});
