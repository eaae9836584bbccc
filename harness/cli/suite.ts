import { Option, type Command } from "commander";
import { loadConfig } from "./config-file.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { runAndReport } from "./perform-run.ts";
import { chooseLabs } from "./lab-choice.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { orderFor } from "./order.ts";
import { resolveRun } from "./resolve-run.ts";
import { addScenarioOptions, collect, type ScenarioOptions } from "./scenario-options.ts";
import { ownWord, suiteSet } from "./suite-set.ts";
import { faultNamed } from "../fault/fault-named.ts";

interface SuiteOptions extends ScenarioOptions, RunOptions, LabOptions {
  readonly fault?: string;
  readonly keep?: boolean;
  readonly config?: string;
  readonly suites: string[];
}

/** `suite`: the main job: plan, build, install, probe, capture, verify, measure, report, tear down. */
export function addSuite(program: Command): void {
  const command = program
    .command("suite")
    .description("prove on the wire that a Calico mode encapsulates exactly what it must (npm run suite)");
  addRunOptions(addLabOptions(addScenarioOptions(command)))
    .option("--config <file>", "read options from a YAML file; flags come first")
    .addOption(
      new Option("--fault <name>", "inject a known fault, to see the checks turn red (names: selftest --list)"),
    )
    .addOption(
      new Option(
        "--suites <dir>",
        `folders or files of your own suites; the word ${ownWord} adds those that come with it`,
      )
        .argParser(collect)
        .default([], `those that come with it`),
    )
    .option("--keep", "leave the lab up at the end")
    .action(async (_: SuiteOptions, command: Command) => {
      const { fault: faultName, ...options } = await loadConfig<SuiteOptions>(command);
      const suites = await suiteSet(options.suites);
      const labs = chooseLabs(options);
      const { modes, plan } = await resolveRun(options, labs);
      const fault = faultName === undefined ? {} : { fault: faultNamed(faultName) };
      const order = orderFor(options, { modes, plan, keep: options.keep ?? false, ...fault });
      await runAndReport({ order, labs, suites, telling: options });
    });
}
