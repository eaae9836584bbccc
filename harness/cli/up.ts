import type { Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { tunnelsNothing } from "../encap/tunnels-nothing.ts";
import { addFaultOption, chosenFault } from "./fault-option.ts";
import { memoryOf } from "./lab-memory.ts";
import { getRunTools } from "./get-run-tools.ts";
import { chooseLabs, dataplaneOf, providersOf } from "./lab-choice.ts";
import { addLabOptions, type LabOptions } from "./lab-options.ts";
import { resolveRun } from "./resolve-run.ts";
import { addScenarioOptions, type ScenarioOptions } from "./scenario-options.ts";
import { interruptSignal } from "./interrupt.ts";
import { bringUp, type KeptLab } from "../run/bring-up.ts";
import { reachWords } from "./reach-words.ts";
import { teach, type Example } from "./teach.ts";
import { newRunId } from "../core/run-id.ts";

interface UpOptions extends ScenarioOptions, LabOptions {
  readonly fault?: string;
}

const usage = "npm run lab -- up --mode MODE [options]";

const examples: readonly Example[] = [
  ["npm run lab -- up --mode VXLANCrossSubnet", "four nodes in two racks; prints how to enter each"],
  ["npm run lab -- up --mode VXLAN --topology one-rack", "another lab: one of topologies/, or a file of your own"],
  ["npm run lab -- up --mode IPIP --provider vm", "in virtual machines, where this kernel has no ipip"],
  ["npm run lab -- up --mode VXLAN --calico-archive calico.tar", "real Calico instead of the reference dataplane"],
  ["npm run lab -- check", "probe it as it is now, and say what broke"],
  ["npm run lab -- down", "remove it"],
];

/** `up`: a lab that stays, in a mode; ends with the commands to enter its nodes. */
export function addUp(program: Command): void {
  const command = program
    .command("up")
    .description("bring up a lab that stays up, in one mode; then break it by hand, and `check` it");
  addLabOptions(addFaultOption(addScenarioOptions(teach(command, usage, examples)))).action(
    async (options: UpOptions) => {
      const labs = chooseLabs(options);
      const { modes, plan } = await resolveRun(options, labs);
      const [mode, ...others] = modes;
      if (mode === undefined || others.length > 0) {
        const given = modes.map(({ calicoName }) => calicoName).join(", ");
        throw new UsageError(
          options.mode.length === 0
            ? "up needs a mode"
            : `up takes exactly one mode, and ${options.mode.join(",")} is ${given}`,
          { fix: "for example --mode VXLANCrossSubnet" },
        );
      }
      const fault = chosenFault(options.fault, plan);
      await getRunTools(labs, plan);
      const providers = await providersOf(labs, { stays: true });
      const memory = await memoryOf(options, labs);
      const order = { id: newRunId(), modes: [mode], plan, memory, ...fault } as const;
      const lab = await bringUp(order, { providers, dataplane: dataplaneOf(labs), signal: interruptSignal() });
      console.log(describe(lab, reachWords(labs.offers, labs.given)));
    },
  );
}

function describe({ network, enter, seconds }: KeptLab, reach: string): string {
  const { lab, mode } = network;
  const width = Math.max(...enter.map(({ name }) => name.length));
  return [
    `lab ${lab.runId} is up: ${lab.plan.topology.name} in ${mode.calicoName} (${lab.provider}, ${network.title}), ${seconds.toFixed(2)} s`,
    "",
    "enter a node, router or pod:",
    ...enter.map(({ name, command }) => `  ${name.padEnd(width)}  ${command}`),
    "",
    ...(tunnelsNothing(mode, lab.plan)
      ? [
          `note                    no two nodes are in different subnets, so ${mode.calicoName} encapsulates nothing here\n`,
        ]
      : []),
    ...Object.entries(lab.byHand ?? {}).map(([program, command]) => `${program.padEnd(24)}${command}`),
    `probe it as it is now   npm run lab -- check ${lab.runId}${reach}`,
    `remove it               npm run lab -- down ${lab.runId}${reach}`,
  ].join("\n");
}
