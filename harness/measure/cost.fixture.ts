import type { Cost } from "./cost.ts";

/** For tests only: what VXLAN costs in throughput between racks, with some of it changed. */
export function costFixture(change: Partial<Cost> = {}): Cost {
  const cost: Cost = {
    id: "",
    mode: "vxlan-cross-subnet",
    locality: "cross-subnet",
    family: 4,
    form: "vxlan",
    metric: "throughput",
    baseline: "plain",
    better: "higher",
    unit: "Gbit/s",
    ratio: 0.9,
    interval: [0.88, 0.92],
    median: 0.9,
    range: [0.85, 0.95],
    p: 0.0005,
    pairs: Array.from({ length: 12 }, (_, index) => ({ mode: 9, baseline: 10, lab: Math.floor(index / 2) })),
    labs: 6,
    floor: 1.02,
    visible: 1.05,
    finding: "cost",
    ...change,
  };
  const { mode, locality, family, metric, baseline } = cost;
  return { ...cost, id: `${mode}/cost/${locality}/v${family}/${metric}/${baseline}` };
}

/** For tests only: the same from too few pairs. */
export function withoutInterval(cost: Cost): Cost {
  return Object.fromEntries(Object.entries(cost).filter(([name]) => name !== "interval")) as unknown as Cost;
}
