import { useLab } from "encaplab";

// CrossSubnet: plain within a rack, encapsulated across. With one node registered as /32 no peer is in its subnet any more,
// and what was plain becomes encapsulated; pings go through all the same (projectcalico/calico 3003, 4254).
describe("CrossSubnet", () => {
  const net = useLab({ topology: "two-racks", mode: "VXLANCrossSubnet" });

  it("is plain within a rack and encapsulated across", async () => {
    const proof = await net.prove(["pod-to-pod/same-subnet/v4/a1->a2", "pod-to-pod/cross-subnet/v4/a1->b1"]);
    proof.mustPass();
  });

  it("encapsulates within a rack, too, once a node is registered with a /32", async () => {
    await net.inject("slash-32-node-address");
    (await net.prove("pod-to-pod/same-subnet/v4/a1->a2")).mustFail("needless encapsulation");
    (await net.prove("pod-to-pod/cross-subnet/v4/a1->b1")).mustPass();
  });
});
