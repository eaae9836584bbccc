import type { AllGiven, Flags } from "../core/flags.ts";
import type { Mode } from "../encap/mode.ts";
import type { Executor } from "../exec/executor.ts";
import type { Lab } from "../lab/lab.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { ProviderContext } from "./context.ts";
import type { Provider } from "./provider.ts";

/** Groups of options that providers and dataplanes may put theirs into; the help prints each by itself. */
export type OptionGroup = "lab" | "machines" | "kubernetes" | "calico";

/** Whose cluster the labs are, where they are clusters: made for the run, or somebody's. */
export type ClusterStanding = "lab" | "guest";

/** Programs of this host: without the first nothing is begun, and what needs the others says by itself that they are missing. */
interface HostTools {
  readonly needed: readonly string[];
  readonly wanted: readonly string[];
}

/** One line of `doctor`. */
export interface Finding {
  readonly what: string;
  readonly state: "ready" | "missing";
  readonly detail: string;
  readonly fixes: readonly string[];
}

/** What a provider found where its nodes exist before any run. */
interface FoundPlan {
  readonly plan: Plan;
  /** The mode that is configured there. */
  readonly mode: Mode;
  /** What the user should know and no check says. */
  readonly notices: readonly string[];
}

/** One of several ways in which the flags want everything run: "kernel 6.12". */
interface FlagVariant {
  readonly name: string;
  readonly given: AllGiven;
}

/** How a provider is offered on the command line: its name and flags, what they mean, and what it needs. */
export interface ProviderOffer {
  /** The word of `--provider`. */
  readonly name: string;
  readonly group: OptionGroup;
  readonly flags: Flags;
  /** Whether `--provider auto` tries it. */
  readonly auto: boolean;
  /** Flags that mean this provider where none is named. */
  readonly meantBy?: readonly string[];
  /** Flags by which labs that are up are found and reached. */
  readonly reachedBy?: readonly string[];
  /** The flag without which it can do nothing, and how `doctor` says so. */
  readonly needs?: { readonly flag: string; readonly detail: string; readonly fix: string };
  /** Missing where labs are no clusters. */
  readonly cluster?: ClusterStanding;
  /** Makes the provider; touches nothing yet but files that the flags name. UsageError where flags contradict each other. */
  make(given: AllGiven, context: ProviderContext): Provider | Promise<Provider>;
  /** The flags once for each variant that they ask for; [] = there is only one. */
  variants?(given: AllGiven): readonly FlagVariant[];
  /** Programs that it needs on this host. */
  tools?(given: AllGiven, userId: number | undefined): HostTools;
  /** Lines of `doctor` about what the provider works with. */
  findings?(given: AllGiven, host: Executor): Promise<readonly Finding[]>;
  /** Where nodes exist before any run: how the plan is read there instead of a topology file. */
  readonly discovery?: Discovery;
  /** Where a run can be shown and not made: the flag that asks for it, and what would be made. */
  readonly rehearsal?: Rehearsal;
}

/** How a run is shown before it is made. */
interface Rehearsal {
  readonly flag: string;
  /** The lab as the dataplane would get it, without executors on its nodes, and the objects that would be made, as text. */
  show(given: AllGiven, plan: Plan, runId: string): Promise<{ readonly lab: Lab; readonly text: string }>;
}

/** How plans are read from nodes that exist. */
interface Discovery {
  /** What `source` of a topology begins with that was read there and not from a file. */
  readonly source: string;
  /** Whether the flags let any mode be tried; otherwise only the one that is configured makes sense. */
  allowsEveryMode(given: AllGiven): boolean;
  find(given: AllGiven, families: readonly Family[] | undefined): Promise<FoundPlan>;
  /** The page that `doctor` prints of it instead of its lines. */
  page(given: AllGiven): Promise<string>;
}
