import type { Executor } from "../exec/executor.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import type { Provider } from "../provider/provider.ts";
import type { LabSession } from "./lab-session.ts";
import type { RunOrder } from "./order.ts";
import type { RunListener } from "./record.ts";
import type { Suite } from "./suite.ts";

/** Providers that may be used, cheapest first; named where a run compares several sets, as kernels or releases of Calico. */
export interface Variant {
  readonly name?: string;
  readonly providers: readonly Provider[];
  /** In place of the run's own: another release. */
  readonly dataplane?: Dataplane;
}

/** What a run works with: the effects, and who listens. */
export interface RunServices {
  readonly version: string;
  readonly host: Executor;
  /** Ways to run everything, one after the other; usually a single one without a name. */
  readonly variants: readonly Variant[];
  readonly dataplane: Dataplane;
  /** Why this dataplane, where it was not asked for by name; printed on the first lines. */
  readonly dataplaneBecause?: string;
  readonly suites: readonly Suite[];
  readonly listener: RunListener;
  readonly signal: AbortSignal;
}

/** A run that is going on: its order, what it works with, and its labs. */
export interface OpenRun {
  readonly order: RunOrder;
  readonly services: RunServices;
  readonly session: LabSession;
}
