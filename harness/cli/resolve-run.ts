import { LabError, UsageError } from "../core/errors.ts";
import { parseModes } from "../encap/mode-words.ts";
import type { Mode } from "../encap/mode.ts";
import type { Plan } from "../topology/plan.ts";
import { hostContext, type LabChoice } from "./lab-choice.ts";
import { defaultTopology, familiesOf, resolveScenario, type ScenarioOptions } from "./scenario-options.ts";

/**
 * The modes and the plan that the options ask for. Where nodes exist before any run, the plan is read there unless a topology is
 * given, and the mode is the one that is configured unless others are named or may be tried.
 */
export async function resolveRun(
  options: ScenarioOptions,
  { offers, given, cache }: LabChoice,
): Promise<{ modes: readonly Mode[]; plan: Plan }> {
  const [offer] = offers;
  const discovery = offer?.discovery;
  if (offer === undefined || discovery === undefined) return resolveScenario(options);
  if (options.pools === true && options.topology === defaultTopology) {
    throw new UsageError("--pools needs a topology that gives each pool its mode", { fix: "name one with --topology" });
  }
  const found = await discovery.find(given, familiesOf(options.family));
  for (const notice of found.notices) process.stderr.write(`encaplab: ${notice}\n`);
  const named = options.mode.length > 0 || discovery.allowsEveryMode(given);
  const modes = named ? parseModes(options.mode.length === 0 ? ["all"] : options.mode, options.encap) : [found.mode];
  if (!named)
    process.stderr.write(
      `encaplab: no --mode was given: ${found.mode.calicoName} is judged, which is configured there\n`,
    );
  const plan = options.topology === defaultTopology ? found.plan : (await resolveScenario(options)).plan;
  const provider = await offer.make(given, hostContext(cache));
  requireUsable(offer.name, await provider.check(plan));
  return { modes, plan };
}

/** Nodes that are named and cannot be used are trouble, and no reason to skip everything. */
function requireUsable(name: string, problems: readonly { readonly what: string; readonly fix: string }[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) throw new LabError(first.what, { fix: first.fix });
  const rows = problems.map(({ what, fix }) => `${what}\n  fix: ${fix}`);
  throw new LabError(`the ${name} cannot be used: ${problems.length} problems`, { tail: rows.join("\n") });
}
