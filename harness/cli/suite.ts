import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { loadConfig } from "./config-file.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { runAndReport } from "./perform-run.ts";
import { chooseLabs } from "./lab-choice.ts";
import { dryRun } from "./dry-run.ts";
import { memoryAfterUpgrade, memoryOf } from "./lab-memory.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { addMeasuringOptions, measuringChoice, type MeasuringOptions } from "./measuring-options.ts";
import { orderFor } from "./order.ts";
import { resolveRun } from "./resolve-run.ts";
import { addScenarioOptions, collect, type ScenarioOptions } from "./scenario-options.ts";
import { addSwitchOptions, eventOption, oneModeOf, tourModes, tourOf, type SwitchOptions } from "./switch-options.ts";
import type { Tour } from "../run/order.ts";
import type { SwitchEvent } from "../switch/switch-event.ts";
import { ownWord, suiteSet } from "./suite-set.ts";
import { addFaultOption, chosenFault } from "./fault-option.ts";
import { helpGroups } from "./help-groups.ts";
import { againWords } from "./typed-words.ts";
import { teach, type Example } from "./teach.ts";

interface SuiteOptions extends ScenarioOptions, RunOptions, LabOptions, MeasuringOptions, SwitchOptions {
  readonly switch: string[] | true | undefined;
  readonly event?: SwitchEvent;
  readonly fault?: string;
  readonly keep?: boolean;
  readonly config?: string;
  readonly suites: string[];
}

const usage = "npm run suite -- [options]";

const examples: readonly Example[] = [
  ["npm run suite -- --mode CrossSubnet", "both CrossSubnet modes, on whatever this machine supports"],
  ["npm run suite -- --mode VXLAN --open", "one mode, then open the report"],
  ["npm run suite -- --topology three-racks", "another lab: one of topologies/, or a file of your own"],
  ["npm run suite -- --profile full", "every pair of nodes, not a covering set"],
  ["npm run suite -- --paths 'pod-to-pod/*a1->b1'", "only these paths; npm run lab -- list prints all of them"],
  ["npm run suite -- --mode IPIP --kernel 6.1,6.12", "in virtual machines, two kernels side by side"],
  ["npm run suite -- --calico-archive calico.tar", "real Calico instead of the reference dataplane"],
  ["npm run suite -- --provider kind", "real Calico in a Kubernetes cluster made for the run"],
  ["npm run suite -- --kubeconfig FILE --agent-image REF", "an existing cluster, in its current mode"],
  ["npm run suite -- --switch VXLAN,None,VXLAN", "one lab through several modes, while traffic goes on"],
  ["npm run suite -- --fault slash-32-node-address", "see the checks turn red; selftest --list names the faults"],
];

/** `suite`: the main job: plan, build, install, probe, capture, verify, measure, report, tear down. */
export function addSuite(program: Command): void {
  const command = program
    .command("suite")
    .description("prove on the wire that a Calico mode encapsulates exactly what it must");
  const asking = addFaultOption(addScenarioOptions(teach(command, usage, examples)));
  addSwitchOptions(addMeasuringOptions(addRunOptions(addLabOptions(asking))))
    .addOption(
      new Option(
        "--switch [modes]",
        "lead one lab through these modes while traffic goes on: VXLAN,None,VXLAN; default: that of --mode, IPIP,None,IPIPCrossSubnet,IPIP or the same of VXLAN",
      )
        .argParser((word: string, before: string[] | true | undefined) =>
          collect(word, Array.isArray(before) ? before : []),
        )
        .helpGroup(helpGroups.switch),
    )
    .addOption(eventOption("let this happen to one lab in one mode while traffic goes on"))
    .addOption(new Option("--keep", "leave the lab up at the end").helpGroup(helpGroups.lab))
    .addOption(
      new Option("--config <file>", "read options from a YAML file; flags override it").helpGroup(helpGroups.prove),
    )
    .addOption(
      new Option("--suites <dir>", `folders or files with your own suites; the word ${ownWord} adds the built-in ones`)
        .argParser(collect)
        .default([], "the built-in ones")
        .helpGroup(helpGroups.prove),
    )
    .action(async (_: SuiteOptions, command: Command) => {
      const { fault: faultName, ...options } = await loadConfig<SuiteOptions>(command);
      const suites = await suiteSet(options.suites);
      const labs = chooseLabs(options);
      const measuring = await measuringChoice(options);
      const tour = tourIn(options);
      if (tour === undefined) refuseIdleSwitchFlags(options);
      else refuseBeside(options);
      const asked = tour === undefined ? options : { ...options, mode: tour.modes.map(({ id }) => id) };
      const { modes, plan } = await resolveRun(asked, labs);
      const fault = chosenFault(faultName, plan);
      const telling = tour === undefined ? options : { ...options, throughput: false };
      const memory = options.keep === true ? await memoryOf(options, labs) : undefined;
      const memoryAfter =
        memory === undefined || options.event !== "upgrade" ? {} : { memoryAfter: memoryAfterUpgrade(memory, labs) };
      const order = orderFor(telling, {
        modes,
        ...(tour === undefined ? {} : { tour: { ...tour, ...memoryAfter } }),
        plan,
        measuring,
        keep: options.keep ?? false,
        again: againWords(command),
        ...(memory === undefined ? {} : { memory }),
        ...fault,
      });
      const shown = await dryRun(order, labs, suites);
      if (shown === undefined) await runAndReport({ order, labs, suites, telling: options });
      else console.log(shown);
    });
}

/** What happens to one lab while traffic goes on; undefined where nothing shall. */
function tourIn(options: SuiteOptions): Tour | undefined {
  const { event, mode, switch: through } = options;
  if (event === undefined) return through === undefined ? undefined : tourOf(tourModes(through, mode), options);
  if (through !== undefined)
    throw new UsageError("--event happens in one mode, and --switch leads through several", {
      fix: "leave one of them out",
    });
  const [word, ...others] = mode;
  if (word === undefined || others.length > 0)
    throw new UsageError("--event happens in one mode", { fix: "name it: --mode VXLANCrossSubnet" });
  return tourOf([oneModeOf(word, "--mode")], options, event);
}

/** UsageError for what says nothing about a tour. */
function refuseBeside({ fault, event }: SuiteOptions): void {
  if (fault === undefined) return;
  const other = event === undefined ? "--switch" : "--event";
  throw new UsageError(`--fault does nothing with ${other}`, { fix: "leave one of them out" });
}

/** UsageError for limits of a change where nothing is changed. */
function refuseIdleSwitchFlags({ maxGap, maxLoss, allowLeak }: SuiteOptions): void {
  const idle = Object.entries({ "--max-gap": maxGap, "--max-loss": maxLoss, "--allow-leak": allowLeak });
  const given = idle.find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined)
    throw new UsageError(`${given} does nothing without --switch or --event`, { fix: "add --switch MODE,MODE" });
}
