import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { faultNamed } from "./fault-option.ts";
import { addProviderOptions, type ProviderOptions } from "./provider-options.ts";
import { resolveRun } from "./cluster-options.ts";
import { addScenarioOptions, type ScenarioOptions } from "./scenario-options.ts";
import { installOnDemand } from "./install-on-demand.ts";
import { interruptSignal } from "./interrupt.ts";
import { chosenProviders } from "./chosen-providers.ts";
import { bringUp, type KeptLab } from "../run/bring-up.ts";
import { chosenDataplane, machinesFor } from "./chosen-dataplane.ts";
import { newRunId } from "../core/run-id.ts";

interface UpOptions extends ScenarioOptions, ProviderOptions {
  readonly fault?: string;
}

/** `up`: a lab that stays, in a mode; ends with the commands to enter its nodes. */
export function addUp(program: Command): void {
  const command = program
    .command("up")
    .description("build a lab that stays, in one mode; then break it and `check` it");
  addProviderOptions(addScenarioOptions(command))
    .addOption(new Option("--fault <name>", "also inject a known fault (names: selftest --list)"))
    .action(async (options: UpOptions) => {
      const { modes, plan } = await resolveRun(options);
      const [mode, ...others] = modes;
      if (mode === undefined || others.length > 0) {
        throw new UsageError("up takes exactly one mode", { fix: "for example --mode VXLANCrossSubnet" });
      }
      const fault = options.fault === undefined ? {} : { fault: faultNamed(options.fault) };
      await installOnDemand({ ...options, dataplane: options, modes: [mode], plan });
      const runId = newRunId();
      const providers = await chosenProviders({ ...options, keep: true }, machinesFor(options));
      const signal = interruptSignal();
      const lab = await bringUp({
        runId,
        mode,
        plan,
        providers,
        dataplane: chosenDataplane(options),
        signal,
        ...fault,
      });
      console.log(describe(lab));
    });
}

function describe({ network, enter, seconds }: KeptLab): string {
  const { lab, mode } = network;
  const width = Math.max(...enter.map(({ name }) => name.length));
  return [
    `lab ${lab.runId} is up: ${lab.plan.topology.name} in ${mode.calicoName} (${lab.provider}, ${network.title}), ${seconds.toFixed(2)} s`,
    "",
    "enter a node, router or pod:",
    ...enter.map(({ name, command }) => `  ${name.padEnd(width)}  ${command}`),
    "",
    `probe it as it is now   npm run lab -- check ${lab.runId}`,
    `remove it               npm run lab -- down ${lab.runId}`,
  ].join("\n");
}
