import assert from "node:assert/strict";
import { decodeCapture, useLab } from "encaplab";

// What a tcpdump on a node's uplink shows of a ping between pods: two IP headers, the nodes' outside and the pods' inside.
// The question is put to the capture itself, packet by packet, as one would by hand.
for (const [mode, form] of [
  ["IPIP", "ipip"],
  ["VXLAN", "vxlan"],
] as const) {
  describe(`a ping in ${mode}`, () => {
    const net = useLab({ topology: "two-racks", mode });

    it("has the nodes' addresses outside and the pods' inside, at every hop", async () => {
      const proof = await net.prove("pod-to-pod/cross-subnet/v4/a1->b1");
      proof.mustPass();
      const [a1, b1] = ["a1", "b1"].map((node) => ({
        pods: ["p1", "p2"].map((pod) => net.pod(`${node}-${pod}`).addresses[4]),
        node: net.node(node).addresses[4],
      }));
      for (const hop of ["a1", "tor", "b1"]) {
        const { packets } = await decodeCapture(proof.captureOf(hop));
        const tunneled = packets.filter((one) => one.form === form && a1?.pods.includes(one.inner?.source));
        assert.ok(tunneled.length >= 5, `${hop} saw ${tunneled.length} of at least 5`);
        for (const { inner, outer } of tunneled) {
          assert.ok(b1?.pods.includes(inner?.destination));
          assert.deepEqual([outer?.source, outer?.destination], [a1?.node, b1?.node]);
        }
      }
    });
  });
}
