import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import type { Direction } from "../observe/observation.ts";
import { caseAsExpected, gist, variantOf, withHealth, withSightings } from "./case.fixture.ts";
import { equalWays } from "./equal-ways.ts";
import type { PathCase } from "./verdict.ts";

const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

/** So many packets at a tap, of flows with these source ports. */
function heard(
  pathCase: PathCase,
  at: string,
  direction: Direction,
  packets: number,
  ports: readonly number[],
): PathCase {
  const account = { flow: "udp 0", unit: "packets" as const, pieces: [], acks: 0, openings: [], lastAt: 1.6 };
  return withSightings(pathCase, {
    at,
    direction,
    to: () => (packets === 0 ? [] : [variantOf("vxlan", packets)]),
    flows: () => [{ ...account, sourcePorts: ports }],
  });
}

describe("equal-ways", () => {
  let sound: PathCase;
  before(async () => {
    const plan = await planOf("ecmp-spines");
    const usual = caseAsExpected(expectationOf(plan, across), ["udp"]);
    sound = [
      ["spine1/eth0", "forward", 2, [50_000]] as const,
      ["spine1/eth1", "forward", 2, [50_000]] as const,
      ["spine2/eth0", "forward", 6, [50_001, 50_002, 50_003]] as const,
      ["spine2/eth1", "forward", 6, [50_001, 50_002, 50_003]] as const,
      ["spine1/eth1", "reverse", 8, [50_000, 50_001, 50_002, 50_003]] as const,
      ["spine1/eth0", "reverse", 8, [50_000, 50_001, 50_002, 50_003]] as const,
    ].reduce((before, [at, direction, packets, ports]) => heard(before, at, direction, packets, ports), usual);
  });

  it("tells how many source ports take which way, at which hop, in both directions", () => {
    const verdict = equalWays.judge(sound);
    assert.equal(verdict?.status, "pass");
    assert.equal(verdict.expected, "all that spine1 and spine2 get goes on, both ways");
    assert.equal(
      verdict.observed,
      "forward at leaf-a/eth1: of 4 source ports 1 by spine1, 3 by spine2; reverse at leaf-b/eth0: of 4 source ports 4 by spine1, 0 by spine2",
    );
  });

  it("is red with the router that passes on nothing, or not all, of what it gets, in either direction", () => {
    assert.match(
      gist(equalWays.judge(heard(sound, "spine2/eth1", "forward", 0, []))),
      /^fail \(flow-dependent loss\): forward: spine2 passes on none of 6 packets that come to spine2\/eth0, of 3 source ports; forward at leaf-a\/eth1: of 4/,
    );
    assert.match(
      gist(equalWays.judge(heard(sound, "spine1/eth0", "reverse", 5, [50_000]))),
      /^fail \(flow-dependent loss\): reverse: spine1 passes on 5 of 8 packets that come to spine1\/eth1, of 4 source ports;/,
    );
  });

  it("is red where packets leave for the ways and come to none of them", () => {
    const dark = heard(heard(sound, "spine2/eth0", "forward", 0, []), "spine2/eth1", "forward", 0, []);
    assert.match(
      gist(equalWays.judge(dark)),
      /^fail .*: forward: of 8 packets that leave leaf-a\/eth1 6 come to none of spine1 and spine2;/,
    );
  });

  it("claims nothing of a way that none of many ports takes, nor where a capture is in doubt", () => {
    const many = Array.from({ length: 16 }, (_, index) => 50_000 + index);
    const atOnce = ["leaf-a/eth1", "spine1/eth0", "spine1/eth1"].reduce(
      (before, at) => heard(before, at, "forward", 16, many),
      ["spine2/eth0", "spine2/eth1"].reduce((before, at) => heard(before, at, "forward", 0, []), sound),
    );
    assert.match(
      gist(equalWays.judge(atOnce)),
      /^inconclusive: forward: of 16 source ports at leaf-a\/eth1 none takes spine2: see whether ports are hashed there/,
    );
    const doubted = withHealth(sound, "spine2/eth1", { doubts: ["the kernel dropped 3 packets"] });
    assert.match(gist(equalWays.judge(doubted)), /^inconclusive: the capture at spine2\/eth1 is in doubt/);
  });

  it("does not ask where there is one way", async () => {
    const plan = await planOf("two-racks");
    assert.equal(equalWays.judge(caseAsExpected(expectationOf(plan, across), ["udp"])), undefined);
  });
});
