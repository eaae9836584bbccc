import type { AllGiven } from "../core/flags.ts";
import { UsageError } from "../core/errors.ts";
import { askedDataplane } from "../dataplane/registry.ts";
import { parseShard, profiles, type Profile } from "../encap/enumerate.ts";
import { modeWithId } from "../encap/mode-words.ts";
import type { Mode } from "../encap/mode.ts";
import type { LabLabel, LabRef } from "../lab/lab.ts";
import type { ProviderOffer } from "../provider/offer.ts";
import { providerNamed } from "../provider/registry.ts";
import { findKeptLab } from "../run/find-labs.ts";
import type { StandingLab } from "../run/order.ts";
import { declaredIn } from "../topology/declared.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import { choiceOf, hostContext, type LabChoice } from "./lab-choice.ts";
import { recalledFlags } from "./lab-memory.ts";
import type { LabOptions, SearchOptions } from "./lab-options.ts";
import type { PathOptions } from "./scenario-options.ts";
import { searchedFor } from "./searched-for.ts";

/** Options of a verb about a lab that is up. */
export interface KeptOptions extends SearchOptions, Pick<LabOptions, "cache"> {
  readonly paths: string[];
  readonly profile?: Profile;
  readonly shard?: string;
}

/** A lab that was left up, with all that judging it takes. */
export interface KeptLab {
  readonly ref: LabRef;
  readonly label: LabLabel;
  readonly labs: LabChoice;
  readonly plan: Plan;
  /** The mode that it was put into. */
  readonly modes: readonly Mode[];
  readonly standing: StandingLab;
  /** The paths that `up` was asked for, but for what is asked now. */
  readonly asked: PathOptions;
}

/** Finds the lab that a verb is about, and what made it. UsageError where its topology has changed since. */
export async function openKeptLab(id: string | undefined, options: KeptOptions): Promise<KeptLab> {
  const { ref, label, provider: finder } = await findKeptLab(await searchedFor(options), id);
  const offer = providerNamed(finder.name);
  const labs = labsOf(label, offer, options);
  const plan = await planOf(label, offer, labs.given);
  if (plan.digest !== label.digest) {
    throw new UsageError(`${label.topology} has changed since lab ${ref.runId} was built from it`, {
      fix: `build it again: npm run lab -- down ${ref.runId}, then up`,
    });
  }
  const modes = [modeWithId(label.mode ?? "")];
  const provider = await offer.make(labs.given, hostContext(labs.cache));
  const lab = await provider.attach(ref, plan);
  const standing = { lab, provider, ...(label.podMtu === undefined ? {} : { podMtu: label.podMtu }) };
  return { ref, label, labs, plan, modes, standing, asked: askedPaths(label, options) };
}

/** What made the lab, and its dataplane, with the flags that it was built with where no others are given. */
function labsOf(label: LabLabel, offer: ProviderOffer, options: KeptOptions): LabChoice {
  const given = { ...options };
  const word = label.dataplane ?? "auto";
  const { offer: dataplane } = askedDataplane(word, given, offer.cluster);
  const recalled = recalledFlags(label, given, { provider: offer, dataplane });
  return choiceOf({ ...options, ...recalled, dataplane: word }, [offer]);
}

/** The paths that `up` was asked for, but for what is asked now. */
function askedPaths({ asked }: LabLabel, options: KeptOptions): PathOptions {
  const profile = options.profile ?? profiles.find((known) => known === asked?.profile) ?? "quick";
  const paths = options.paths.length > 0 ? options.paths : [...(asked?.paths ?? [])];
  const shard = options.shard ?? asked?.shard;
  if (shard !== undefined) parseShard(shard);
  return { profile, paths, ...(shard === undefined ? {} : { shard }) };
}

/** The plan that a lab was built from: from its topology file, or read again where its nodes existed before. */
async function planOf(label: LabLabel, { discovery }: ProviderOffer, given: AllGiven): Promise<Plan> {
  if (discovery !== undefined && label.topology.startsWith(discovery.source)) {
    return (await discovery.find(given, label.families)).plan;
  }
  const topology = await loadTopology(label.topology);
  return planTopology({ ...topology, ...declaredIn(label) }, [...label.families]);
}
