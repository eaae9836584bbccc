import type { PathExpectation } from "../encap/expectation.ts";
import type { ProbeObservation, TapHealth } from "../observe/observation.ts";
import type { ProbeKind, ProbeResult } from "../probe/probe.ts";

/** The answers that a check can give. */
export const statuses = ["pass", "fail", "inconclusive", "skip"] as const;
export type Status = (typeof statuses)[number];

/** What kind of trouble a failed verdict is; Allure sorts by it. */
export const categories = [
  "leak",
  "needless encapsulation",
  "asymmetric",
  "wrong outer address",
  "wrong outer header",
  "wrong checksum",
  "wrong next hop",
  "wrong source address",
  "not reached",
  "lost on the way",
  "duplicated on the way",
  "changed on the way",
  "size-dependent loss",
  "flow-dependent loss",
  "answered by another",
  "unequal shares",
  "wrong MTU",
  "too costly",
  "interrupted",
  "left behind",
  "control plane",
  "assertion",
  "inconclusive",
  "lab trouble",
] as const;
export type Category = (typeof categories)[number];

/** The answer of one check for one path (or, for a check of the network, one node or router). */
export interface Verdict {
  /** Path id, or `<mode>/<check>/<node or router>`. */
  readonly id: string;
  /** What tells runs of the same path apart within one record: "kernel 6.12"; missing where there is only one. */
  readonly variant?: string;
  /** Name of the check: one of the registry's, or one that a suite brought along. */
  readonly check: string;
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
  /** By kind of probe: connections from the same source to the same Service of several backends that were seen to go to any; missing otherwise. */
  readonly connections?: Readonly<Partial<Record<ProbeKind, number>>>;
}
