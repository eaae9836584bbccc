import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected, gist, withHeaders, withoutPackets, withSightings } from "./case.fixture.ts";
import { checksums } from "./checksums.ts";
import type { PathCase } from "./verdict.ts";

const plan = await planOf("two-racks");

describe("checksums", () => {
  const across = () =>
    caseAsExpected(expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1"), ["ping"]);
  const say = (pathCase: PathCase) => gist(checksums.judge(pathCase));
  const damaged = (at: string) => withHeaders(across(), at, "forward", { wrongChecksum: "outer UDP" });

  it("pass where none was wrong, on plain paths as on tunnels", () => {
    assert.equal(say(across()), "pass");
    const near = expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2");
    assert.equal(say(caseAsExpected(near, ["ping"])), "pass");
  });

  it("fail with header, hop, and where it was still right", () => {
    const start = "fail (wrong checksum): forward at tor/eth1: wrong outer UDP checksum in 10 of 10 packets of ping";
    assert.equal(say(damaged("tor/eth1")), `${start}, right at tor/eth0; they arrive all the same`);
    assert.match(
      say(damaged("a1/eth0")),
      /^fail .*: forward at a1\/eth0: .* of ping, right at a1\/cali\w+; they arrive/,
    );
  });

  it("say whether the receiver drops them", () => {
    const last = across().expectation.forward.hops.at(-1)?.tap;
    const lost = withoutPackets(damaged("tor/eth1"), "forward", `${last?.node ?? ""}/${last?.device ?? ""}`);
    assert.match(say(lost), /; none of them arrives$/);
  });

  it("name the last hop that heard it right, and how many arrive", () => {
    const unheard = withoutPackets(damaged("b1/eth0"), "forward", "tor/eth1");
    assert.match(say(unheard), / in 10 of 10 packets of ping, right at tor\/eth0; they arrive all the same$/);
    const last = across().expectation.forward.hops.at(-1)?.tap;
    const end = `${last?.node ?? ""}/${last?.device ?? ""}`;
    const some = withSightings(damaged("tor/eth1"), {
      ...{ at: end, direction: "forward" },
      to: (variants) => variants.map((variant) => ({ ...variant, packets: 4 })),
    });
    assert.match(say(some), /; 4 of 10 arrive$/);
    // What is damaged at its end has arrived there.
    assert.match(say(damaged(end)), / in 10 of 10 packets of ping, right at b1\/eth0$/);
  });

  it("tell each kind by itself, where it shows first", () => {
    const both = withHeaders(damaged("tor/eth1"), "b1/eth0", "forward", { wrongChecksum: "inner ICMP" });
    const verdict = checksums.judge(both);
    assert.deepEqual(
      [verdict?.check, verdict?.expected, verdict?.observed],
      ["checksums", "every checksum right, or left to the device", "2 kinds of wrong ones"],
    );
    assert.match(
      gist(verdict),
      /at tor\/eth1: wrong outer UDP checksum .*at b1\/eth0: wrong inner ICMP checksum in 10 of 10/,
    );
    assert.equal(checksums.judge(across())?.observed, "no wrong one");
  });

  it("are not asked within a node where no packet was seen, and are where one was", () => {
    const within = caseAsExpected(expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/same-node/v4/a1->a1"), ["ping"]);
    assert.equal(say(within), "pass");
    assert.equal(say({ ...within, observations: [] }), "does not apply");
  });

  it("know nothing where no packet was seen", () => {
    const silent = { ...across(), observations: [] };
    assert.match(say(silent), /^inconclusive: no packet of the path was seen/);
  });
});
