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

  it("above that of the mode: what is too large for the tunnel is lost once, before it", async () => {
    const across = expectationOf(await planOf("two-racks"), "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1");
    const { forward, reverse, mtus } = withRunningMtu(across, [1500]);
    assert.deepEqual(forward.narrow, { mtu: 1500, from: { node: "a1", device: "eth0" } });
    assert.deepEqual(reverse?.narrow?.from, { node: "b1", device: "eth0" });
    assert.deepEqual(mtus, [1450, 1500]);
    assert.equal(withRunningMtu(across, [1400]).forward.narrow, undefined);
  });

  it("above that of the mode: whoever is on their node may use all of it", async () => {
    const local = expectationOf(await planOf("two-racks"), "vxlan-always/pod-to-host/same-node/v4/a1->a1");
    assert.deepEqual(local.mtus, [1450]);
    assert.deepEqual(withRunningMtu(local, [1500]).mtus, [1450, 1500]);
  });

  it("as that of the mode, or of several: as ever", async () => {
    assert.deepEqual(await sizes("vxlan-always/pod-to-pod/same-subnet/v4/a1->a2", [1450]), [1450, undefined]);
    assert.deepEqual(await sizes("vxlan-always/pod-to-pod/same-subnet/v4/a1->a2", [1450, 1500]), [1450, undefined]);
  });
});
