import assert from "node:assert/strict";
import { useLab } from "encaplab";

// A cluster changes its mode while pods talk: VXLAN, none, CrossSubnet. The fabric has routes to the pods, so that every
// one of them can work; the wire must follow each change, and the conversation must outlive them all.
describe("a change of mode under traffic", () => {
  const net = useLab({ topology: "static-fabric", mode: "VXLAN" });
  const acrossRacks = "pod-to-pod/cross-subnet/v4/a1->b1";
  const withinRack = "pod-to-pod/same-subnet/v4/a1->a2";

  it("shows on the wire, and the conversation goes on", async () => {
    const target = net.pod("b1-p1").addresses[4] ?? "";
    const traffic = await net.pod("a1-p1").start(["ping", "-n", "-i", "0.1", target], { timeoutMs: 120_000 });
    (await net.prove([acrossRacks, withinRack])).mustPass();
    for (const mode of ["None", "VXLANCrossSubnet"]) {
      await net.switchTo(mode);
      (await net.prove([acrossRacks, withinRack])).mustPass();
    }
    const { stdout } = await traffic.stop();
    const [, sent = "0", received = "0"] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
    assert.ok(Number(sent) > 10, stdout);
    assert.ok(Number(received) > Number(sent) / 2, `${received} of ${sent} pings were answered`);
  });
});
