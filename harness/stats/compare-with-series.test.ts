import assert from "node:assert/strict";
import { compareWithSeries } from "./compare-with-series.ts";
import { seededRandom } from "./seeded-random.ts";

const estimate = (ratio: number) => ({ ratio, interval: [ratio, ratio], floor: 1.01 }) as const;

describe("compareWithSeries", () => {
  it("is Student's prediction interval (worked by hand: mean 0, s = 0.1 of four nights, t = 3.182)", () => {
    const by = 0.1 * Math.sqrt(0.75);
    const nights = [by, by, -by, -by].map(Math.exp);
    const { ratio = NaN, interval: [low, high] = [NaN, NaN] } = compareWithSeries(nights, estimate(1)) ?? {};
    const half = 3.182 * 0.1 * Math.sqrt(1.25);
    assert.ok(
      Math.abs(ratio - 1) < 1e-9 && Math.abs(Math.log(high) - half) < 1e-6 && Math.abs(Math.log(low) + half) < 1e-6,
    );
  });

  it("compares with the middle of the nights, wherever that is", () => {
    const { ratio = NaN, p } = compareWithSeries([2, 4, 2, 4], estimate(Math.sqrt(8))) ?? {};
    assert.ok(Math.abs(ratio - 1) < 1e-9 && (p ?? 0) > 0.999, `${ratio} ${p ?? "-"}`);
    assert.ok(Math.abs((compareWithSeries([2, 2, 2, 2], estimate(3))?.ratio ?? NaN) - 1.5) < 1e-9);
  });

  it("sees one in twenty nights of pure noise, and a step of four standard deviations nearly always", () => {
    const random = seededRandom(5);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const night = (): number => Math.exp(0.02 * normal());
    const seen = (step: number): number => {
      const trials = Array.from({ length: 1000 }, () =>
        compareWithSeries(Array.from({ length: 14 }, night), estimate(step * night())),
      );
      return trials.filter((change) => (change?.p ?? 1) < 0.05).length / 1000;
    };
    const [alone, stepped] = [seen(1), seen(Math.exp(0.08))];
    assert.ok(alone > 0.03 && alone < 0.07 && stepped > 0.9, `${alone} ${stepped}`);
  });

  it("says nothing of few nights, and everything of nights that never vary", () => {
    assert.equal(compareWithSeries([1, 1, 1], estimate(2)), undefined);
    assert.equal(compareWithSeries([1, 1, 1, 1], estimate(1))?.p, 1);
    assert.equal(compareWithSeries([1, 1, 1, 1], estimate(2))?.p, 0);
  });
});
