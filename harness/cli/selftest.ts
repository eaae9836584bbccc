import { Option, type Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { workInLanes } from "../core/lanes.ts";
import { parseModes } from "../encap/mode-words.ts";
import { modes, poolsMode, type Mode } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import { judgeFault } from "../fault/judge-fault.ts";
import { faults } from "../fault/registry.ts";
import type { Provider } from "../provider/provider.ts";
import type { RunRecord } from "../run/record.ts";
import { faultNamed } from "../fault/fault-named.ts";
import { chooseLabs, providersOf, type LabChoice } from "./lab-choice.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { parseCostLimit } from "../measure/limit.ts";
import { gateProfile } from "../measure/profiles.ts";
import type { MeasuringChoice } from "../run/order.ts";
import { chooseProviders } from "../run/choose.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import { helpGroups } from "./help-groups.ts";
import { teach, type Example } from "./teach.ts";
import { plainMeasuring } from "./measuring-options.ts";
import { orderFor } from "./order.ts";
import { parseCount } from "./parse-count.ts";
import { interruptSignal } from "./interrupt.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { performRun } from "./perform-run.ts";
import { collect } from "./scenario-options.ts";

interface SelftestOptions extends RunOptions, LabOptions {
  readonly fault: string[];
  readonly topology: string;
  readonly mode?: string;
  readonly list?: boolean;
  readonly parallel: number;
}

const usage = "npm run lab -- selftest [options]";

const examples: readonly Example[] = [
  ["npm run lab -- selftest", "every fault, each in a lab of its own"],
  ["npm run lab -- selftest --parallel 2", "two labs at a time"],
  ["npm run lab -- selftest --fault slash-32-node-address", "one fault"],
  ["npm run lab -- selftest --mode IPIP --fault arp-off", "the same fault where pods' packets go through IPIP"],
  ["npm run lab -- selftest --list", "what each fault must turn red; nothing is built"],
];

/** `selftest`: injects every known fault and proves that the matching check turns red. */
export function addSelftest(program: Command): void {
  const command = program
    .command("selftest")
    .description("inject every known fault into a healthy lab and prove that the matching check turns red")
    .optionsGroup(helpGroups.prove)
    .addOption(new Option("--fault <name>", "only these faults; repeatable").argParser(collect).default([], "all"))
    .option("--topology <file|name>", "the lab to break", "two-racks")
    .option(
      "--mode <word>",
      "only faults of this mode, and in it: IPIP runs them in machines where this kernel has none",
    )
    .option("--list", "print the faults and what each must trip")
    .addOption(
      new Option("--parallel <n>", "labs at a time; those of machines, and faults that are measured, come one by one")
        .argParser(parseCount)
        .default(1),
    );
  addRunOptions(addLabOptions(teach(command, usage, examples))).action(async (options: SelftestOptions) => {
    const named = options.fault.length === 0 ? faults : options.fault.map(faultNamed);
    const chosen = options.mode === undefined ? named : inModes(named, options.mode);
    if (options.list === true) {
      for (const fault of chosen) console.log(describe(fault));
      return;
    }
    const outcomes = await proveAll(chosen, options);
    const failed = outcomes.filter(({ state }) => state === "missed").length;
    const proven = outcomes.filter(({ state }) => state === "proven").length;
    const skipped = outcomes.length - failed - proven;
    const turned = `${proven} fault${proven === 1 ? "" : "s"} turned the right check red`;
    console.log(`${turned}, ${failed} missed, ${skipped} not possible here`);
    process.exitCode = failed > 0 ? ExitCode.fail : proven === 0 ? ExitCode.usage : ExitCode.pass;
  });
}

/** The faults that can be made in modes of a word, in these alone. */
function inModes(chosen: readonly Fault[], word: string): readonly Fault[] {
  const ids = new Set<string>(parseModes([word], "all").map(({ id }) => id));
  const fitting = chosen
    .map((fault) => ({ ...fault, modes: fault.modes.filter((id) => ids.has(id)) }))
    .filter((fault) => fault.modes.length > 0);
  if (fitting.length > 0) return fitting;
  throw new UsageError(`no fault of those can be made in --mode ${word}`, {
    fix: "selftest --list tells the modes of each",
  });
}

/** Proves the faults, so many at a time as may be, and tells each as it comes. */
async function proveAll(chosen: readonly Fault[], options: SelftestOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const signal = interruptSignal();
  const tell = (outcome: Outcome): void => {
    outcomes.push(outcome);
    console.log(render(outcome));
  };
  const proveNow = async (attempt: Attempt): Promise<void> => {
    signal.throwIfAborted();
    tell(await prove(attempt, options, signal));
  };
  const alone: Attempt[] = [];
  await workInLanes(chosen, options.parallel, async (fault) => {
    signal.throwIfAborted();
    const attempt = await prepare(fault, options);
    if ("lines" in attempt) tell(attempt);
    else if (options.parallel === 1 || mayShare(attempt)) await proveNow(attempt);
    else alone.push(attempt);
  });
  await workInLanes(alone, 1, proveNow);
  return outcomes;
}

interface Outcome {
  readonly fault: Fault;
  readonly state: "proven" | "missed" | "skipped";
  readonly lines: readonly string[];
}

/** A fault with the lab and the mode in which it is tried. */
interface Attempt {
  readonly fault: Fault;
  readonly plan: Plan;
  readonly mode: Mode;
  readonly provider: Provider;
}

async function prepare(fault: Fault, options: SelftestOptions): Promise<Attempt | Outcome> {
  const asked = await loadTopology(options.topology);
  const fits = fault.fabric === undefined || asked.fabric === fault.fabric;
  const fitting = fits ? asked : await loadTopology(`${fault.fabric}-fabric`);
  const meaningless = fault.topology !== undefined && fault.unmet?.(planTopology(fitting)) !== undefined;
  const plan = planTopology(meaningless ? await loadTopology(fault.topology) : fitting);
  const unmet = fault.unmet?.(plan);
  if (unmet !== undefined) return { fault, state: "skipped", lines: [unmet] };
  const choice = await firstRunnable(fault, plan, chooseLabs(options));
  if (choice === undefined) {
    return { fault, state: "skipped", lines: [`no provider here can run ${fault.modes.join(" or ")}`] };
  }
  return { fault, plan, ...choice };
}

/** Labs on the kernel of this machine wait most of the time; machines keep it busy, and figures are taken alone. */
function mayShare({ fault, provider }: Attempt): boolean {
  return provider.sharesKernel === true && fault.closes === undefined;
}

async function prove({ fault, plan, mode }: Attempt, options: SelftestOptions, signal: AbortSignal): Promise<Outcome> {
  const order = orderFor(
    { ...options, profile: "quick", paths: [], throughput: fault.closes !== undefined },
    { modes: [mode], plan, measuring: measuringOf(fault), keep: false, fault },
  );
  const job = { order, labs: chooseLabs(options), telling: options, signal };
  return judge(fault, await performRun(job, { console: false, reports: false }));
}

/** A fault that is only slow is proven by the gates that it closes. */
function measuringOf({ closes = [] }: Fault): MeasuringChoice {
  return { ...plainMeasuring(), profile: gateProfile, limits: closes.map(parseCostLimit) };
}

async function firstRunnable(
  fault: Fault,
  plan: Plan,
  labs: LabChoice,
): Promise<Pick<Attempt, "mode" | "provider"> | undefined> {
  const inOrder = fault.modes.flatMap((id) => [...modes, poolsMode].find((mode) => mode.id === id) ?? []);
  for (const choice of await chooseProviders(inOrder, plan, await providersOf(labs)))
    if ("provider" in choice) return { mode: choice.mode, provider: choice.provider };
  return undefined;
}

function judge(fault: Fault, record: RunRecord): Outcome {
  if (record.verdicts.every(({ status }) => status === "skip")) {
    const reason = record.verdicts[0]?.reason ?? record.troubles[0]?.message ?? "nothing was judged";
    return { fault, state: record.troubles.length > 0 ? "missed" : "skipped", lines: [reason] };
  }
  const causes = record.scenarios.flatMap((scenario) => scenario.causes ?? []);
  const lines = judgeFault(fault, { verdicts: record.verdicts, causes }).map((line) => `${line}; see ${record.id}`);
  return { fault, state: lines.length === 0 ? "proven" : "missed", lines };
}

function render({ fault, state, lines }: Outcome): string {
  const mark = { proven: "✔", missed: "✘", skipped: "–" }[state];
  const trips = fault.trips.map(({ check, status }) => `${check} ${status}`).join(", ");
  return [`${mark} ${fault.name}: ${trips}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

function describe(fault: Fault): string {
  const trips = fault.trips.map(({ check, status, path }) => `    ${check} ${status} on ${path}`);
  return [
    `${fault.name}: ${fault.title}`,
    `    ${fault.describes}`,
    `    modes ${fault.modes.join(", ")}`,
    ...trips,
  ].join("\n");
}
