import type { PathExpectation } from "../encap/expectation.ts";
import type { ProbeObservation, TapHealth } from "../observe/observation.ts";
import type { ProbeResult } from "../probe/probe.ts";

export type Status = "pass" | "fail" | "inconclusive" | "skip";

/** Questions put to expectation and observation; each has a file of its own in this folder. */
export type CheckName =
  | "reached"
  | "encapsulated"
  | "not-encapsulated"
  | "no-leak"
  | "outer-endpoints"
  | "source-address"
  | "symmetry"
  | "conservation"
  | "mtu"
  | "delay"
  | "control-plane"
  | "bgp";

/** What kind of trouble a failed verdict is; Allure sorts by it. */
export type Category =
  | "leak"
  | "needless encapsulation"
  | "asymmetric"
  | "wrong outer address"
  | "wrong source address"
  | "not reached"
  | "lost on the way"
  | "wrong MTU"
  | "control plane"
  | "inconclusive"
  | "lab trouble";

/** The answer of one check for one path (or, for control-plane and bgp, one node or router). */
export interface Verdict {
  /** Path id, `<mode>/control-plane/<node>` or `<mode>/bgp/<node or router>`. */
  readonly id: string;
  /** What tells runs of the same path apart within one record: "kernel 6.12"; missing where there is only one. */
  readonly variant?: string;
  readonly check: CheckName;
  readonly status: Status;
  readonly expected: string;
  readonly observed: string;
  /** Why it is not a pass; one sentence with hop and direction; what would settle it where inconclusive. */
  readonly reason?: string;
  readonly category?: Category;
  /** Lines that prove it: decoded packets, routes, commands. */
  readonly evidence: readonly string[];
}

/** Everything that the checks of one path may look at. */
export interface PathCase {
  readonly expectation: PathExpectation;
  readonly results: readonly ProbeResult[];
  readonly observations: readonly ProbeObservation[];
  readonly health: readonly TapHealth[];
}

/** One question; returns undefined where it does not apply to the path. Pure. */
export interface Check {
  readonly name: CheckName;
  /** One sentence: what a pass proves. */
  readonly proves: string;
  judge(pathCase: PathCase): Verdict | undefined;
}
