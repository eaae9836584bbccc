import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { withRunningMtu } from "./running-pods.ts";

describe("pods that run keep their MTU", () => {
  const sizes = async (id: string, running: readonly number[]): Promise<readonly (number | undefined)[]> => {
    const { podMtu, pathMtu } = withRunningMtu(expectationOf(await planOf("two-racks"), id), running);
    return [podMtu, pathMtu];
  };

  it("below that of the mode: nothing larger is sent", async () => {
    assert.deepEqual(await sizes("none/pod-to-pod/same-subnet/v4/a1->a2", [1450]), [1450, undefined]);
  });

  it("above that of the mode: only what is encapsulated must fit it", async () => {
    assert.deepEqual(await sizes("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2", [1500]), [1500, undefined]);
    assert.deepEqual(await sizes("vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1", [1500]), [1500, 1450]);
  });

  it("as that of the mode, or of several: as ever", async () => {
    assert.deepEqual(await sizes("vxlan-always/pod-to-pod/same-subnet/v4/a1->a2", [1450]), [1450, undefined]);
    assert.deepEqual(await sizes("vxlan-always/pod-to-pod/same-subnet/v4/a1->a2", [1450, 1500]), [1450, undefined]);
  });
});
