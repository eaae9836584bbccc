import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import {
  caseAsExpected,
  gist,
  inForm,
  withHeaders,
  withResults,
  withSightings,
  withoutPackets,
} from "./case.fixture.ts";
import { outerEndpoints } from "./outer-endpoints.ts";
import { sourceAddress } from "./source-address.ts";
import type { PathCase } from "./verdict.ts";

let plan: Plan;
let dual: Plan;
before(async () => {
  plan = await planOf("two-racks");
  dual = await planOf("dual-stack");
});
const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

describe("outer-endpoints", () => {
  const caseOf = (id: string, from = plan) => caseAsExpected(expectationOf(from, id), ["ping", "bulk"]);
  const say = (pathCase: PathCase) => gist(outerEndpoints.judge(pathCase));
  const vxlan = {
    vni: 4096,
    port: 4789,
    flags: 8,
    innerSourceMac: "66:f2:9b:c9:1b:bd",
    innerDestinationMac: "66:7e:83:ca:2a:65",
  };

  it("passes on the nodes' addresses and the mode's header", () => {
    assert.equal(say(caseOf(across)), "pass");
    assert.equal(say(caseOf("ipip-always/pod-to-pod/same-subnet/v4/a1->a2")), "pass");
    assert.equal(say(caseOf("vxlan-always/host-to-pod/cross-subnet/v6/a1->b1", dual)), "pass");
    assert.match(
      outerEndpoints.judge(caseOf(across))?.observed ?? "",
      /^forward 198\.18\.1\.11 > 198\.18\.2\.11 VXLAN VNI 4096 port 4789; reverse /,
    );
  });

  it("fails on a wrong VNI, port, flag or MAC", () => {
    const wrong = (change: Partial<typeof vxlan>) =>
      say(withHeaders(caseOf(across), "a1/eth0", "forward", { vxlan: { ...vxlan, ...change } }));
    assert.equal(wrong({ vni: 4097 }), "fail (wrong outer address): forward at a1/eth0: VNI 4097, not 4096");
    assert.match(wrong({ port: 8472 }), /UDP port 8472, not 4789/);
    assert.match(wrong({ flags: 0x88 }), /VXLAN flags 0x88, not 0x08/);
    assert.match(
      wrong({ innerDestinationMac: "66:00:00:00:00:00" }),
      /inner destination MAC 66:00:00:00:00:00, not 66:7e/,
    );
    assert.equal(wrong({ innerSourceMac: "66:F2:9B:C9:1B:BD" }), "pass");
  });

  it("fails on outer addresses that are not the nodes', in either direction", () => {
    const vip = withHeaders(caseOf(across), "tor/eth1", "reverse", { outerSource: "198.18.2.99" });
    assert.match(
      say(vip),
      /^fail \(wrong outer address\): reverse at tor\/eth1: outer source 198\.18\.2\.99, not 198\.18\.2\.11/,
    );
  });

  it("fails on a wrong overhead of pings, and takes none from TCP", () => {
    assert.match(say(withHeaders(caseOf(across), "b1/eth0", "forward", { overhead: 54 })), /overhead 54 bytes, not 50/);
    const gso = withSightings(caseOf(across), {
      at: "a1/eth0",
      direction: "forward",
      kind: "bulk",
      to: (all) => all.map((one) => ({ ...one, overhead: 950 })),
    });
    assert.equal(say(gso), "pass");
  });

  it("is inconclusive when nothing encapsulated was seen, and does not apply to plain paths", () => {
    const taps = ["a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0"];
    assert.match(
      say(inForm(caseOf(across), "forward", "plain", ...taps)),
      /^inconclusive: forward: no encapsulated packet was seen/,
    );
    assert.equal(say(caseOf("none/pod-to-pod/same-subnet/v4/a1->a2")), "does not apply");
  });
});

describe("source-address", () => {
  const caseOf = (id: string, from = plan) => caseAsExpected(expectationOf(from, id));
  const say = (pathCase: PathCase) => gist(sourceAddress.judge(pathCase));

  it("passes pods as themselves, hosts as tunnel or node, and pods toward hosts as their node", () => {
    for (const rest of [
      "pod-to-pod/same-node/v4/a1->a1",
      "host-to-clusterip/cross-subnet/v4/a1->b1",
      "pod-to-host/same-subnet/v4/a1->a2",
      "pod-to-host/same-node/v4/a1->a1",
    ]) {
      assert.equal(say(caseOf(`vxlan-cross-subnet/${rest}`)), "pass", rest);
    }
  });

  it("accepts either address of a host toward its own pod, and answers to it", () => {
    const near = caseOf("vxlan-always/host-to-pod/same-node/v4/a1->a1");
    const tunnel = withHeaders(near, "a1/cali", "forward", { source: "198.19.0.0" });
    assert.equal(
      say(
        withResults(withHeaders(tunnel, "a1/cali", "reverse", { destination: "198.19.0.0" }), {
          serverSaw: "198.19.0.0",
        }),
      ),
      "pass",
    );
    assert.match(
      say(withHeaders(near, "a1/cali", "forward", { source: "198.18.1.1" })),
      /^fail \(wrong source address\): forward at a1\/cali[0-9a-f]+: source 198\.18\.1\.1, not 198\.18\.1\.11 or 198\.19\.0\.0/,
    );
  });

  it("fails when a pod shows as its node (calico#3440), on the wire or at the server", () => {
    const masked = withHeaders(caseOf(across), "b1/eth0", "forward", { source: "198.18.1.11" });
    assert.match(
      say(masked),
      /^fail \(wrong source address\): forward at b1\/eth0: source 198\.18\.1\.11, not 198\.19\.0\.1/,
    );
    assert.match(
      say(withResults(caseOf(across), { serverSaw: "198.18.1.11" })),
      /the server saw 198\.18\.1\.11 as its client, not 198\.19\.0\.1/,
    );
  });

  it("fails when the ClusterIP itself travels, but not at the source pod's veth", () => {
    const service = caseOf("vxlan-always/pod-to-clusterip/same-subnet/v4/a1->a2");
    assert.equal(say(withHeaders(service, "a1/cali", "forward", { destination: "198.19.192.13" })), "pass");
    assert.match(
      say(withHeaders(service, "a1/eth0", "forward", { destination: "198.19.192.13" })),
      /destination 198\.19\.192\.13, not 198\.19\.0\.65/,
    );
  });

  it("knows an address in any spelling", () => {
    const six = caseOf("vxlan-always/pod-to-pod/cross-subnet/v6/a1->b1", dual);
    assert.equal(say(withResults(six, { serverSaw: "FD00:10:19:0::1" })), "pass");
    assert.equal(say(withResults(caseOf(across), { serverSaw: "::ffff:198.19.0.1" })), "pass");
  });

  it("is inconclusive for a direction of which nothing was seen", () => {
    const taps = ["a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0", "b1/cali"];
    assert.match(
      say(withoutPackets(caseOf(across), "reverse", ...taps)),
      /^inconclusive: reverse: no packet was seen whose addresses/,
    );
  });
});
