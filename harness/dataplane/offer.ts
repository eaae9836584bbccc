import type { AllGiven, Flags } from "../core/flags.ts";
import type { Payload } from "../lab/lab.ts";
import type { ClusterStanding, OptionGroup } from "../provider/offer.ts";
import type { Plan } from "../topology/plan.ts";
import type { Dataplane } from "./dataplane.ts";

/** What a run gives to the dataplane that it makes. */
interface DataplaneContext {
  /** Folder for what is unpacked or pulled, shared by all runs. */
  readonly cache: string;
  /** Folder into which logs go; missing = nowhere. */
  readonly logs?: string;
}

/** How a dataplane is offered on the command line: its name and flags, the labs that it is for, and what it needs. */
export interface DataplaneOffer {
  /** The word of `--dataplane`; offers for different labs may share one. */
  readonly name: string;
  /** Labs that it is for: clusters of that standing; missing = labs that are no clusters. */
  readonly cluster?: ClusterStanding;
  readonly group: OptionGroup;
  readonly flags: Flags;
  /** Flags that matter for a lab that is up. */
  readonly reachedBy?: readonly string[];
  /** Whether `--dataplane auto` takes it with these flags. */
  taken(given: AllGiven): boolean;
  /** What a run says where `--dataplane auto` has passed it over. */
  readonly passedOver?: string;
  /** LabError where the flags lack what it cannot be without. */
  make(given: AllGiven, context: DataplaneContext): Dataplane;
  /** Releases that everything is to be run on, one after the other; none where it is one. */
  variants?(given: AllGiven): readonly { readonly name: string; readonly given: AllGiven }[];
  /** UsageError where what the flags name cannot be what they ask for: found out before anything is built. */
  refuse?(given: AllGiven): Promise<void>;
  /** Programs of this host that it wants; it says by itself which are missing. */
  tools?(given: AllGiven, plan: Plan): readonly string[];
  /** What stands for its flags on a lab that stays, where they could mean something else later. */
  remember?(given: AllGiven, cache: string): Promise<AllGiven>;
  /** What it remembers of a lab whose nodes have all come to the release of the rest; missing = the same as before. */
  upgraded?(remembered: AllGiven): AllGiven;
  /** Files that machines must have on board for it. */
  payload?(given: AllGiven, cache: string): Promise<Payload | undefined>;
}
