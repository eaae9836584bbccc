import type { ModeId } from "../encap/mode.ts";
import type { Form } from "../encap/expectation.ts";
import type { Locality } from "../encap/path.ts";
import type { Interval } from "../stats/interval.ts";
import type { Family } from "../topology/topology.ts";
import type { MetricName } from "./metric.ts";

/** What a mode's path is compared with: plain packets on the same wires, the bare nodes, or itself. */
export type Baseline = "plain" | "host" | "self";

/** Baselines, in the order in which they are told. */
export const baselines: readonly Baseline[] = ["plain", "self", "host"];

/** Whether a comparison shows anything. */
export type Finding =
  /** It costs (or gains), beyond the noise. */
  | "cost"
  | "gain"
  /** Nothing beyond the noise; effects below `visible` were out of sight. */
  | "none"
  /** Too few pairs to tell: a figure to look at, not to build on. */
  | "indicative";

/** Two samples of one round. */
export interface CostPair {
  readonly mode: number;
  readonly baseline: number;
  /** Building of the lab, from 0. */
  readonly lab: number;
  /** The machine was busy with other things meanwhile. */
  readonly busy?: true;
}

/** What a mode costs on one kind of path by one metric, as the ratio of its samples to the baseline's. [public] */
export interface Cost {
  /** `<mode>/cost/<locality>/v<family>/<metric>/<baseline>`; stable across runs and machines. */
  readonly id: string;
  readonly mode: ModeId;
  readonly variant?: string;
  readonly locality: Locality;
  readonly family: Family;
  /** Form of the mode's packets between the nodes. */
  readonly form: Form | "none";
  readonly metric: MetricName;
  readonly baseline: Baseline;
  readonly better: "higher" | "lower";
  readonly unit: string;
  /** Hodges-Lehmann estimate of mode / baseline. */
  readonly ratio: number;
  /** 95 %. */
  readonly interval?: Interval;
  readonly median: number;
  readonly range: Interval;
  /** Exact signed-rank test, two-sided. */
  readonly p: number;
  readonly pairs: readonly CostPair[];
  readonly labs: number;
  /** Ratio (≥ 1) up to which the mode differs from itself, measured in the same rounds. */
  readonly floor?: number;
  /** Smallest ratio (≥ 1) that would have been found four times out of five. */
  readonly visible?: number;
  readonly finding: Finding;
  /** The ratio by bytes alone, where the wire is the bottleneck. */
  readonly byBytes?: number;
}
