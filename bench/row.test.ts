import assert from "node:assert/strict";
import { compareFigures, figuresIn, type Figures } from "./row.ts";

const figure = (value: number, better: "lower" | "higher", noise = 0.2) => ({ value, better, noise });

describe("figures of benchmarks", () => {
  it("are found in what a benchmark printed", () => {
    const output = 'talk\nfigures {"a":{"value":1,"better":"lower","noise":0.1}}\nmore\nfigures {"b":{"value":2}}\n';
    assert.deepEqual(Object.keys(figuresIn(output)), ["a", "b"]);
  });

  it("are slower only beyond the noise, and in the direction that is worse", () => {
    const before: Figures = { cost: figure(1, "lower"), times: figure(60, "higher"), gone: figure(1, "lower") };
    const verdict = (now: Figures) => compareFigures(before, now).worse;
    assert.equal(verdict({ cost: figure(1.1, "lower"), times: figure(55, "higher") }), false);
    assert.equal(verdict({ cost: figure(1.3, "lower") }), true);
    assert.equal(verdict({ times: figure(40, "higher") }), true);
    assert.equal(verdict({ cost: figure(0.5, "lower"), times: figure(90, "higher") }), false);
    assert.equal(verdict({ cost: figure(1.3, "lower", 0.5) }), false);
    assert.match(compareFigures(before, { fresh: figure(3, "lower") }).lines.join(), /fresh {2}3\.00 {2}new/);
  });
});
