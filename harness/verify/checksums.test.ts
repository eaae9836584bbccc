import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected, gist, withHeaders, withoutPackets } from "./case.fixture.ts";
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

  it("know nothing where no packet was seen", () => {
    const silent = { ...across(), observations: [] };
    assert.match(say(silent), /^inconclusive: no packet of the path was seen/);
  });
});
