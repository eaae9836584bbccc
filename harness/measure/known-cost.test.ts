import assert from "node:assert/strict";
import { newRunId } from "../core/run-id.ts";
import { skipFor } from "../core/skip.fixture.ts";
import { withScope, type Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { referenceDataplane } from "../dataplane/reference/reference-dataplane.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { localExecutor } from "../exec/local/local.ts";
import { slowTunnel, slowTunnelRates } from "../fault/slow-tunnel.ts";
import { netnsProvider } from "../provider/netns/index.ts";
import { startServersAt } from "../probe/servers.ts";
import { estimateCosts } from "./estimate-costs.ts";
import { measuringPort } from "./exercise.ts";
import { measureNetwork } from "./measure-network.ts";
import type { MeasuringProfile } from "./profiles.ts";
import type { Sample } from "./sample.ts";
import { measuredPaths, openSides } from "./sides.ts";
import { takeSample } from "./take-sample.ts";

const provider = netnsProvider();
const mode = modeOf("vxlan-cross-subnet");

/** Six pairs: the least that an interval can be made of. */
const profile: MeasuringProfile = {
  design: { labs: 2, roundsPerLab: 3 },
  seconds: 1,
  omitSeconds: 0,
  turns: (_, isLast) => (isLast ? [{ exercise: "tcp", sides: ["mode", "plain"] }] : []),
};

async function networkIn(scope: Scope): Promise<Network> {
  const lab = await provider.provision(await planOf("two-racks"), newRunId(), scope);
  return referenceDataplane.install(mode, lab, scope);
}

function expectationsOf({ lab, identities }: Network) {
  return enumeratePaths(lab.plan, mode, "quick").map((path) => expectPath(lab.plan, mode, identities, path));
}

describe("measuring a network in namespaces", function () {
  this.timeout(120_000);

  before(async function () {
    const problems = await provider.check(await planOf("two-racks"));
    if (problems.length > 0) skipFor(this, problems.map(({ what }) => what).join("; "));
  });

  it("finds a known cost within its interval, on samples of which each took the form it stands for", async () => {
    const samples: Sample[] = [];
    for (const lab of [0, 1]) {
      await withScope(async (scope) => {
        const network = await networkIn(scope);
        await slowTunnel.apply(network, network.lab.plan, scope);
        const order = {
          profile,
          compared: "plain",
          design: { ...profile.design, seed: 7 },
          machine: localExecutor(),
        } as const;
        const measured = await measureNetwork(network, expectationsOf(network), order, lab, scope);
        assert.match(measured.conditions["TCP segment"] ?? "", /^1398 B/);
        samples.push(...measured.samples);
      });
    }
    assert.deepEqual(
      samples.flatMap(({ reading }) => reading.failure ?? []),
      [],
    );
    assert.deepEqual(samples.map(({ side }) => side).sort(), [
      ...new Array<string>(6).fill("mode"),
      ...new Array<string>(6).fill("plain"),
    ]);
    for (const { side, tunneled = -1 } of samples)
      assert.ok(side === "mode" ? tunneled > 100 : tunneled < 20, `${side} ${tunneled}`);
    const cost = estimateCosts(mode.id, samples, () => undefined).find(({ metric }) => metric === "throughput");
    // The shaper counts frames: those of the tunnel are 1514 bytes long, plain ones with the same data 1464.
    const known = (slowTunnelRates.tunnel / slowTunnelRates.everything) * (1464 / 1514);
    const [low = NaN, high = NaN] = cost?.interval ?? [];
    // What the shaper lets through at once when a flow begins is up to 1 % of a flow of one second.
    assert.ok(low * 0.99 <= known && known <= high * 1.01, `${known} in ${low} to ${high}`);
    // Not merely because the interval is wide: a cost was found, and no machine is too busy for that.
    assert.ok(high < 0.9, `${low} to ${high}`);
  });

  it("takes no sample that went another way than it stands for, and none of what failed", async () => {
    await withScope(async (scope) => {
      const network = await networkIn(scope);
      const path = measuredPaths(expectationsOf(network)).at(-1);
      assert.ok(path !== undefined);
      const measured = await openSides(network, path, "plain", scope);
      const [own] = measured.sides;
      assert.ok(own !== undefined);
      const settings = { seconds: 1, omitSeconds: 0, udpMbitPerSecond: 10, echoes: 500 };
      const refused = await takeSample("udp", own, measured, settings);
      assert.match(refused.reading.failure ?? "", /refused/);
      await startServersAt([{ executor: own.server, plan: { iperf3: [measuringPort] } }], scope);
      const wrong = await takeSample("udp", own, { ...measured, form: "plain" }, settings);
      assert.match(wrong.reading.failure ?? "", /\d+ packets went into the tunnel, so the flow was not plain/);
      const right = await takeSample("udp", own, measured, settings);
      assert.equal(right.reading.failure, undefined);
    });
  });
});
