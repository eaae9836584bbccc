import { Option, type Command } from "commander";
import { profiles, type Profile } from "../encap/enumerate.ts";
import { addAttachOptions, type SearchOptions } from "./lab-options.ts";
import { plainMeasuring, seedOption } from "./measuring-options.ts";
import { orderFor } from "./order.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { runAndReport } from "./perform-run.ts";
import { helpGroups } from "./help-groups.ts";
import { openKeptLab } from "./kept-lab.ts";
import { againWords } from "./typed-words.ts";
import { teach, type Example } from "./teach.ts";
import { collect } from "./scenario-options.ts";

interface CheckOptions extends RunOptions, SearchOptions {
  readonly paths: string[];
  readonly profile?: Profile;
  readonly shard?: string;
  readonly seed?: number;
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
    .option("--shard <i/n>", "only this shard of the paths")
    .addOption(seedOption());
  addRunOptions(addAttachOptions(teach(command, usage, examples))).action(
    async (id: string | undefined, options: CheckOptions, command: Command) => {
      const { ref, labs, plan, modes, standing, asked } = await openKeptLab(id, options);
      const order = orderFor(
        { ...options, ...asked },
        {
          modes,
          plan,
          keep: false,
          standing,
          measuring: plainMeasuring(options.seed),
          again: againWords(command, ref.runId),
        },
      );
      await runAndReport({ order, labs, telling: options });
    },
  );
}
