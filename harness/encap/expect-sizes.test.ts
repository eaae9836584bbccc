import assert from "node:assert/strict";
import { planTopology } from "../topology/make-plan.ts";
import type { TapId } from "./expectation.ts";
import { expectationOf, planOf } from "./plan.fixture.ts";

const formatTap = ({ node, device }: TapId): string => `${node}/${device}`;

describe("sizes on the way", () => {
  it("are those of pods, uplinks and the narrowest link, each as it is and less the outer headers", async () => {
    const [two, narrow] = [await planOf("two-racks"), await planOf("narrow-core")];
    const mtus = (id: string, plan = two) => expectationOf(plan, id).mtus;
    assert.deepEqual(mtus("vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1"), [1450, 1500]);
    assert.deepEqual(mtus("none/pod-to-pod/same-subnet/v4/a1->a2"), [1500]);
    assert.deepEqual(mtus("ipip-always/pod-to-pod/cross-subnet/v4/a1->b1", narrow), [1380, 1400, 1480, 1500]);
    assert.deepEqual(mtus("vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1", narrow), [1350, 1400, 1450, 1500]);
  });

  it("are the pods' alone within a node, and the uplink's too for hosts", async () => {
    const two = await planOf("two-racks");
    assert.deepEqual(expectationOf(two, "vxlan-always/pod-to-pod/same-node/v4/a1->a1").mtus, [1450]);
    assert.deepEqual(expectationOf(two, "vxlan-always/host-to-pod/same-node/v4/a1->a1").mtus, [1450, 1500]);
  });

  it("let routers cut VXLAN from the narrow link to the target's uplink, and make IPIP's packets smaller", async () => {
    const plan = await planOf("narrow-core");
    const vxlan = expectationOf(plan, "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual(
      [vxlan.forward.narrow, vxlan.pathMtu],
      [{ mtu: 1400, from: { node: "r1", device: "eth1" } }, undefined],
    );
    assert.deepEqual(vxlan.fragments?.map(formatTap), ["r1/eth1", "r2/eth0", "r2/eth1", "b1/eth0"]);
    const ipip = expectationOf(plan, "ipip-always/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual([ipip.forward.narrow?.mtu, ipip.pathMtu, ipip.fragments], [1400, 1380, undefined]);
    const near = expectationOf(plan, "vxlan-always/pod-to-pod/same-subnet/v4/a1->a2");
    assert.deepEqual([near.forward.narrow, near.pathMtu, near.fragments], [undefined, undefined, undefined]);
  });

  it("are whole where the narrow link just carries a full packet with its headers", async () => {
    const { topology } = await planOf("narrow-core");
    const id = "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1";
    const sized = (tunnelMtu: number) => expectationOf(planTopology({ ...topology, tunnelMtu }), id);
    assert.equal(sized(1350).fragments, undefined);
    assert.deepEqual(sized(1351).fragments?.map(formatTap)[0], "r1/eth1");
    assert.deepEqual(sized(1300).mtus, [1300, 1350, 1400, 1450, 1500], "the tunnel's own is one that matters");
  });

  it("are of the link that narrows first, and of none that carries as much as the nodes' own", async () => {
    const { topology } = await planOf("narrow-core");
    const narrowOf = (core: number, rack: number) => {
      const mtus: Readonly<Record<string, number>> = { core, "rack-b": rack };
      const subnets = topology.subnets.map((subnet) => ({ ...subnet, mtu: mtus[subnet.name] ?? subnet.mtu }));
      const plan = planTopology({ ...topology, subnets });
      return expectationOf(plan, "none/pod-to-host/cross-subnet/v4/a1->b1").forward.narrow;
    };
    assert.deepEqual(narrowOf(1400, 1400), { mtu: 1400, from: { node: "r1", device: "eth1" } });
    assert.deepEqual(narrowOf(1450, 1400), { mtu: 1400, from: { node: "r2", device: "eth1" } });
    assert.equal(narrowOf(1500, 1500), undefined);
    assert.equal(narrowOf(9000, 1500), undefined);
  });
});
