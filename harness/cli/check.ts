import { Option, type Command } from "commander";
import type { AllGiven } from "../core/flags.ts";
import { parseShard, profiles, type Profile } from "../encap/enumerate.ts";
import { askedDataplane } from "../dataplane/registry.ts";
import { recalledFlags } from "./lab-memory.ts";
import { parseModes } from "../encap/mode-words.ts";
import { UsageError } from "../core/errors.ts";
import { providerNamed } from "../provider/registry.ts";
import type { ProviderOffer } from "../provider/offer.ts";
import type { LabLabel } from "../lab/lab.ts";
import type { Plan } from "../topology/plan.ts";
import { findKeptLab } from "../run/find-labs.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import { choiceOf, hostContext, type LabChoice } from "./lab-choice.ts";
import { addAttachOptions, type SearchOptions } from "./lab-options.ts";
import { orderFor } from "./order.ts";
import { searchedFor } from "./searched-for.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { runAndReport } from "./perform-run.ts";
import { helpGroups } from "./help-groups.ts";
import { againWords } from "./typed-words.ts";
import { teach, type Example } from "./teach.ts";
import { collect, type PathOptions } from "./scenario-options.ts";

interface CheckOptions extends RunOptions, SearchOptions {
  readonly paths: string[];
  readonly profile?: Profile;
  readonly shard?: string;
}

const usage = "npm run lab -- check [lab] [options]";

const examples: readonly Example[] = [
  ["npm run lab -- check", "the lab that is up, with the paths given to `up`"],
  ["npm run lab -- check 7f3kq", "one of several, by its id as `status` prints it"],
  ["npm run lab -- check --paths 'pod-to-pod/*a1->b1'", "only these paths"],
  ["npm run lab -- check --no-throughput", "without the iperf3 measurements"],
];

/** `check`: probes, captures and judges a lab that is up, as it is now, against the mode it was put into. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("probe a lab that is up, as it is now, and say what broke")
    .argument("[lab]", "run id as `status` prints it; needed only when several labs are up")
    .optionsGroup(helpGroups.prove)
    .option("--paths <pattern>", "only paths whose id matches (text or glob; ! negates; repeatable)", collect, [])
    .addOption(new Option("--profile <name>", "which paths, if not those given to `up`").choices([...profiles]))
    .option("--shard <i/n>", "only this shard of the paths");
  addRunOptions(addAttachOptions(teach(command, usage, examples))).action(
    async (id: string | undefined, options: CheckOptions, command: Command) => {
      const found = await findKeptLab(await searchedFor(options), id);
      const { ref, label } = found;
      const offer = providerNamed(found.provider.name);
      const labs = labsOf(label, offer, options);
      const plan = await planOf(label, offer, labs.given);
      if (plan.digest !== label.digest) {
        throw new UsageError(`${label.topology} has changed since lab ${ref.runId} was built from it`, {
          fix: `build it again: npm run lab -- down ${ref.runId}, then up`,
        });
      }
      const modes = parseModes([label.mode ?? ""], "all");
      const provider = await offer.make(labs.given, hostContext(labs.cache));
      const lab = await provider.attach(ref, plan);
      const standing = { lab, provider };
      const order = orderFor(
        { ...options, ...askedPaths(label, options) },
        { modes, plan, keep: false, standing, again: againWords(command, ref.runId) },
      );
      await runAndReport({ order, labs, telling: options });
    },
  );
}

/** What made the lab, and its dataplane, with the flags that it was built with where no others are given. */
function labsOf(label: LabLabel, offer: ProviderOffer, options: CheckOptions): LabChoice {
  const given = { ...options };
  const word = label.dataplane ?? "auto";
  const { offer: dataplane } = askedDataplane(word, given, offer.cluster);
  const recalled = recalledFlags(label, given, { provider: offer, dataplane });
  return choiceOf({ ...options, ...recalled, dataplane: word }, [offer]);
}

/** The paths that `up` was asked for, but for what is asked now. */
function askedPaths({ asked }: LabLabel, options: CheckOptions): PathOptions {
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
  return planTopology(await loadTopology(label.topology), [...label.families]);
}
