import { Option, type Command } from "commander";
import { loadConfig } from "./config-file.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { runAndReport } from "./perform-run.ts";
import { chooseLabs } from "./lab-choice.ts";
import { memoryOf } from "./lab-memory.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { addMeasuringOptions, measuringChoice, type MeasuringOptions } from "./measuring-options.ts";
import { orderFor } from "./order.ts";
import { resolveRun } from "./resolve-run.ts";
import { addScenarioOptions, collect, type ScenarioOptions } from "./scenario-options.ts";
import { ownWord, suiteSet } from "./suite-set.ts";
import { addFaultOption, chosenFault } from "./fault-option.ts";
import { helpGroups } from "./help-groups.ts";
import { againWords } from "./typed-words.ts";
import { teach, type Example } from "./teach.ts";

interface SuiteOptions extends ScenarioOptions, RunOptions, LabOptions, MeasuringOptions {
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
  ["npm run suite -- --fault slash-32-node-address", "see the checks turn red; selftest --list names the faults"],
];

/** `suite`: the main job: plan, build, install, probe, capture, verify, measure, report, tear down. */
export function addSuite(program: Command): void {
  const command = program
    .command("suite")
    .description("prove on the wire that a Calico mode encapsulates exactly what it must");
  addMeasuringOptions(addRunOptions(addLabOptions(addFaultOption(addScenarioOptions(teach(command, usage, examples))))))
    .addOption(new Option("--keep", "leave the lab up at the end").helpGroup(helpGroups.lab))
    .addOption(
      new Option("--config <file>", "read options from a YAML file; flags override it").helpGroup(helpGroups.prove),
    )
    .addOption(
      new Option("--suites <dir>", `folders or files with your own suites; the word ${ownWord} adds the built-in ones`)
        .argParser(collect)
        .default([], `those that come with it`)
        .helpGroup(helpGroups.prove),
    )
    .action(async (_: SuiteOptions, command: Command) => {
      const { fault: faultName, ...options } = await loadConfig<SuiteOptions>(command);
      const suites = await suiteSet(options.suites);
      const labs = chooseLabs(options);
      const measuring = await measuringChoice(options);
      const { modes, plan } = await resolveRun(options, labs);
      const fault = chosenFault(faultName, plan);
      const order = orderFor(options, {
        modes,
        plan,
        measuring,
        keep: options.keep ?? false,
        again: againWords(command),
        ...(options.keep === true ? { memory: await memoryOf(options, labs) } : {}),
        ...fault,
      });
      await runAndReport({ order, labs, suites, telling: options });
    });
}
