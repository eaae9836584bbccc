import assert from "node:assert/strict";
import { LabError, UsageError } from "../core/errors.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modes } from "../encap/mode.ts";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { caseAsExpected, withSightings } from "./case.fixture.ts";
import type { HeaderVariant } from "../observe/observation.ts";
import { assertJudged, judgePath } from "./judge-path.ts";
import { checks } from "./registry.ts";

async function expectations(topology: string) {
  const plan = await planOf(topology);
  return modes.flatMap((mode) => {
    const identities = identitiesFromAllocation(plan, mode);
    return enumeratePaths(plan, mode, "full").map((path) => expectPath(plan, mode, identities, path));
  });
}

describe("judgePath", () => {
  for (const topology of ["one-rack", "two-racks", "three-racks", "dual-stack", "wide-prefix", "static-fabric"]) {
    it(`passes every path of every mode when the wire shows what is expected: ${topology}`, async () => {
      const all = await expectations(topology);
      const verdicts = all.flatMap((expectation) =>
        judgePath(caseAsExpected(expectation, ["ping", "udp", "curl", "bulk", "mtu"]), checks),
      );
      const bad = verdicts.filter(({ status }) => status !== "pass" && status !== "skip");
      assert.deepEqual(
        bad.map(({ id, check, reason }) => [id, check, reason]),
        [],
      );
      assertJudged(all, verdicts);
    });
  }

  it("passes what is encrypted where it must be, and fails it plain, between other ports and with other sizes", async () => {
    const plan = await planOf("wireguard");
    const right = caseAsExpected(expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1"));
    const failures = (pathCase: typeof right): string =>
      judgePath(pathCase, checks)
        .filter(({ status }) => status === "fail")
        .map(({ check, reason }) => `${check}: ${reason}`)
        .join("\n");
    const changed = (change: Partial<HeaderVariant>): string =>
      failures(
        withSightings(right, {
          at: "tor/eth1",
          direction: "forward",
          to: (variants) => variants.map((variant) => ({ ...variant, ...change })),
        }),
      );
    assert.equal(failures(right), "");
    assert.equal(changed({ overhead: 75 }), "", "at most 15 zeros");
    assert.match(changed({ overhead: 76 }), /outer-endpoints: .*overhead 76 bytes, not 60 to 75/);
    assert.match(
      changed({ wireguard: { sourcePort: 4242, port: 51820 } }),
      /outer-endpoints: .*source port 4242, not 51820/,
    );
    assert.match(changed({ form: "plain" }), /encapsulated: .* were plain, not WireGuard/);
    assert.match(changed({ form: "vxlan" }), /encapsulated: .* were VXLAN, not WireGuard/);
    assert.match(changed({ outerTtl: 64, outerDontFragment: true }), /outer-header: .*outer DF set/);
  });

  it("never passes a check that would be green without any packet", async () => {
    for (const expectation of await expectations("two-racks")) {
      const { health, results } = caseAsExpected(expectation);
      const unanswered = results.map((result) => ({ ...result, received: 0 }));
      const verdicts = judgePath({ expectation, results: unanswered, observations: [], health }, checks);
      assert.ok(verdicts.length > 0);
      assert.deepEqual(
        verdicts.filter(({ status }) => status === "pass").map(({ id, check }) => [id, check]),
        [],
      );
    }
  });

  it("skips what cannot be asked, with the reason", async () => {
    const skipped = (await expectations("dual-stack")).filter(({ skip }) => skip !== undefined);
    assert.ok(skipped.length > 0);
    for (const expectation of skipped) {
      const [verdict, ...rest] = judgePath({ expectation, results: [], observations: [], health: [] }, checks);
      assert.deepEqual([verdict?.status, verdict?.reason, rest.length], ["skip", expectation.skip, 0]);
    }
  });
});

describe("assertJudged", () => {
  it("refuses a run of zero paths and a path that nobody judged", async () => {
    const all = await expectations("one-rack");
    const [first, ...rest] = all.map((expectation) => judgePath(caseAsExpected(expectation), checks));
    assert.throws(() => {
      assertJudged([], []);
    }, UsageError);
    assert.throws(
      () => {
        assertJudged(all, rest.flat());
      },
      (error) => error instanceof LabError && error.details.tail === first?.[0]?.id,
    );
  });
});
