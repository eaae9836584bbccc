import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { HeaderVariant } from "../observe/observation.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, withHeaders, withoutPackets, withSightings } from "./case.fixture.ts";
import { outerHeader } from "./outer-header.ts";
import type { PathCase } from "./verdict.ts";

describe("outer-header", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
  const caseOf = (id = across) => caseAsExpected(expectationOf(plan, id), ["ping", "udp"]);
  const say = (pathCase: PathCase) => gist(outerHeader.judge(pathCase));
  const wrong = (headers: Partial<HeaderVariant>, at = "a1/eth0") =>
    say(withHeaders(caseOf(), at, "forward", headers)).replace(/;.*/, "");

  it("passes what Calico's device sends, and applies to tunnels alone", () => {
    assert.equal(say(caseOf()), "pass");
    assert.equal(say(caseOf("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2")), "does not apply");
  });

  it("fails on each field that is another", () => {
    const start = "fail (wrong outer header): forward at a1/eth0: ";
    assert.equal(wrong({ tos: 0xb8, outerTos: 0xb8 }), `${start}outer DSCP 46 (inner 46), not 0`);
    assert.equal(wrong({ tos: 0xb8, outerTos: 0 }), "pass");
    assert.equal(wrong({ tos: 2, outerTos: 0 }), `${start}outer ECN 0, inner 2`);
    assert.equal(wrong({ tos: 2, outerTos: 2 }), "pass");
    assert.equal(wrong({ outerTtl: 63 }), `${start}outer TTL 63, not 64`);
    assert.equal(wrong({ outerTtl: 63 }, "b1/eth0"), "pass", "one router has forwarded it");
    assert.equal(wrong({ outerDontFragment: true }), `${start}outer DF set`);
    assert.equal(wrong({ noChecksum: true }), `${start}no checksum in the outer UDP header`);
  });

  it("counts no routers that nobody can ask, as those between a cluster's nodes", () => {
    const routers = plan.routers.map((router) => ({ ...router, unseen: true as const }));
    const unseen = caseAsExpected(expectationOf({ ...plan, routers }, across), ["ping", "udp"]);
    const at = (place: string, outerTtl: number) => say(withHeaders(unseen, place, "forward", { outerTtl }));
    assert.equal(at("b1/eth0", 61), "pass");
    assert.match(at("b1/eth0", 65), /outer TTL 65, not 64 or less/);
    assert.match(at("a1/eth0", 63), /outer TTL 63, not 64$/);
  });

  it("knows IPIP's header by the inner one", () => {
    const right = { ttl: 63, outerTtl: 63, dontFragment: true, outerDontFragment: true };
    const ipip = (headers: Partial<HeaderVariant>, at = "a1/eth0") =>
      say(withHeaders(caseOf("ipip-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1"), at, "forward", headers));
    const start = "fail (wrong outer header): forward at a1/eth0: ";
    assert.equal(ipip(right), "pass");
    assert.equal(ipip({ ...right, outerTtl: 62 }, "b1/eth0"), "pass", "one router has forwarded it");
    assert.equal(ipip({ ...right, outerTtl: 64 }), `${start}outer TTL 64, not 63`);
    assert.equal(ipip({ ...right, outerDontFragment: false }), `${start}outer DF not set, inner DF set`);
    assert.equal(ipip({ ...right, dontFragment: false }), `${start}outer DF set, inner DF not set`);
    assert.equal(ipip({ ...right, outerTos: 0xb8 }), `${start}outer DSCP 46 (inner 0), not 0`);
  });

  it("fails when all flows share one source port", () => {
    const fixed = withSightings(caseOf(), {
      at: "a1/eth0",
      direction: "forward",
      to: (variants) => variants,
      flows: (flows) => flows.map((flow) => ({ ...flow, sourcePorts: [40_000] })),
    });
    assert.match(say(fixed), /forward at a1\/eth0: all of \d+ flows have the outer source port 40000$/);
  });

  it("knows nothing where no encapsulated packet was seen", () => {
    const taps = ["a1/eth0", "tor/eth0", "tor/eth1", "b1/eth0"];
    const silent = withoutPackets(withoutPackets(caseOf(), "forward", ...taps), "reverse", ...taps);
    assert.match(say(silent), /^inconclusive: no encapsulated packet was seen/);
  });
});
