import type { Pair } from "../stats/compare-pairs.ts";
import { seededRandom } from "../stats/seeded-random.ts";
import { drawRounds, type Design } from "./design.ts";

/** Noise of one sample after the other, as what it adds to the sample's logarithm. */
type Noise = () => number;

/** What a simulated machine does to samples. Each shape begins anew with every run. */
export const noiseShapes: Readonly<Record<string, (random: () => number, samples: number) => Noise>> = {
  normal: (random) => () => 0.05 * normal(random),
  /** Never faster than undisturbed, sometimes much slower. */
  skewed: (random) => () => 0.05 * Math.log(1 - random()),
  /** One sample in ten is ten times as noisy. */
  heavy: (random) => () => (random() < 0.1 ? 0.3 : 0.03) * normal(random),
  /** A neighbor takes a third of the machine for one to five samples. */
  bursts: (random) => {
    let left = 0;
    return () => {
      left = left > 0 ? left - 1 : random() < 0.08 ? 1 + Math.floor(random() * 5) : 0;
      return (left > 0 ? -0.4 : 0) + 0.03 * normal(random);
    };
  },
  /** Down to two thirds of the speed from the first sample to the last. */
  drift: (random, samples) => {
    let taken = 0;
    return () => (-0.4 * (taken += 1)) / samples + 0.03 * normal(random);
  },
  walk: (random) => {
    let here = 0;
    return () => (here += 0.03 * normal(random)) + 0.02 * normal(random);
  },
};

/** Pairs of a run and of its A/A comparison. */
export interface SimulatedRun {
  readonly pairs: readonly Pair[];
  readonly same: readonly Pair[];
}

/** What is true of a simulated run. */
export interface Truth {
  /** Logarithm of the ratio that the run shall find. */
  readonly effect: number;
  /** Standard deviation of what a lab's luck adds to that logarithm. */
  readonly luck: number;
}

/** A run by the design, as the harness does it: four sides, in drawn order, through the shape's noise. */
export function simulateRun(shape: string, design: Design, { effect, luck }: Truth): SimulatedRun {
  const random = seededRandom(design.seed);
  const sides = ["mode", "again", "plain", "host"];
  const noise = noiseShapes[shape]?.(random, design.labs * design.roundsPerLab * sides.length) ?? (() => 0);
  const pairs: Pair[] = [];
  const same: Pair[] = [];
  for (let lab = 0; lab < design.labs; lab += 1) {
    const bias = luck * normal(random);
    for (const round of drawRounds(sides, design, lab)) {
      const samples = new Map(round.map((side) => [side, noise()]));
      const of = (side: string): number => samples.get(side) ?? NaN;
      pairs.push({ a: Math.exp(of("mode") + effect + bias), b: Math.exp(of("plain")), lab });
      same.push({ a: Math.exp(of("again") + effect + bias), b: Math.exp(of("mode") + effect + bias), lab });
    }
  }
  return { pairs, same };
}

/** Normally distributed numbers (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
