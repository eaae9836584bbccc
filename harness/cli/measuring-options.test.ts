import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import type { Profile } from "../encap/enumerate.ts";
import { measuringChoice, type MeasuringOptions } from "./measuring-options.ts";

describe("the options of measuring", () => {
  const choose = (profile: Profile, options: Partial<MeasuringOptions>) =>
    measuringChoice({
      ...{ compare: "plain", maxCost: [], maxWorse: 0.1, seed: 1, out: "results", throughput: true },
      ...options,
      profile,
    });

  it("give signoff a target and a time limit of one's own, each alone too", async () => {
    const until = async (options: Partial<MeasuringOptions>) => (await choose("signoff", options)).profile?.until;
    assert.equal(await until({}), undefined);
    assert.deepEqual(await until({ untilWithin: 0.05 }), { halfWidth: 0.05, mostMinutes: 60 });
    assert.deepEqual(await until({ timeLimit: 5 }), { halfWidth: 0.02, mostMinutes: 5 });
  });

  it("refuse both where the number of samples is fixed", async () => {
    for (const options of [{ untilWithin: 0.05 }, { timeLimit: 5 }])
      await assert.rejects(choose("full", options), (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /^--(until-within|time-limit) is for --profile signoff/);
        return true;
      });
  });
});
