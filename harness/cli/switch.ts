import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { profiles, type Profile } from "../encap/enumerate.ts";
import type { Mode } from "../encap/mode.ts";
import type { SwitchEvent } from "../switch/switch-event.ts";
import { helpGroups } from "./help-groups.ts";
import { openKeptLab } from "./kept-lab.ts";
import { memoryAfterUpgrade } from "./lab-memory.ts";
import { addAttachOptions, type SearchOptions } from "./lab-options.ts";
import { orderFor } from "./order.ts";
import { runAndReport } from "./perform-run.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { collect } from "./scenario-options.ts";
import { addSwitchOptions, eventOption, oneModeOf, tourOf, type SwitchOptions } from "./switch-options.ts";
import { teach, type Example } from "./teach.ts";

interface SwitchVerbOptions extends RunOptions, SearchOptions, SwitchOptions {
  readonly to?: string;
  readonly event?: SwitchEvent;
  readonly paths: string[];
  readonly profile?: Profile;
  readonly shard?: string;
}

const usage = "npm run lab -- switch [lab] --to MODE [options]";

const examples: readonly Example[] = [
  ["npm run lab -- up --mode VXLAN", "a lab to change"],
  ["npm run lab -- switch --to None", "under traffic: gaps, losses, leaks, what stays behind"],
  ["npm run lab -- switch --to VXLAN --max-gap 2s", "fail where traffic stands still for longer"],
  ["npm run lab -- switch 7f3kq --to None --max-loss 1%", "one of several labs, with a limit for lost packets"],
  ["npm run lab -- switch --event restart", "restart real Calico node by node under traffic"],
  ["npm run suite -- --switch VXLAN,None,VXLAN", "a lab for the purpose, through several modes"],
];

/** `switch`: changes the mode of a lab that is up while traffic goes on, says what that did, and judges the new mode in full. */
export function addSwitch(program: Command): void {
  const command = program
    .command("switch")
    .description("change the mode of a lab that is up while traffic goes on, and say what that did to the traffic")
    .argument("[lab]", "run id as `status` prints it; needed only when several labs are up");
  teach(command, usage, examples)
    .addOption(new Option("--to <mode>", "the mode to change to").helpGroup(helpGroups.switch))
    .addOption(eventOption("in place of a change of mode"))
    .optionsGroup(helpGroups.prove)
    .option("--paths <pattern>", "only paths whose id matches (text or glob; ! negates; repeatable)", collect, [])
    .addOption(
      new Option("--profile <name>", "which paths, where not those that `up` was asked for").choices([...profiles]),
    )
    .option("--shard <i/n>", "only this share of the paths");
  addRunOptions(addAttachOptions(addSwitchOptions(command))).action(
    async (id: string | undefined, options: SwitchVerbOptions) => {
      const to = wanted(options);
      const { ref, label, labs, plan, modes, standing, asked } = await openKeptLab(id, options);
      const [from] = modes;
      if (from === undefined) throw new UsageError(`lab ${ref.runId} has no mode`, { fix: "build it again" });
      if (from.id === to?.id) {
        throw new UsageError(`lab ${ref.runId} is in ${to.calicoName} already`, {
          fix: "name another mode: --to MODE",
        });
      }
      const memory = {
        ...(label.asked === undefined ? {} : { asked: label.asked }),
        ...(label.flags === undefined ? {} : { flags: label.flags }),
      };
      const { event } = options;
      const asking = to === undefined ? tourOf([from], options, event) : tourOf([from, to], options);
      const tour = event === "upgrade" ? { ...asking, memoryAfter: memoryAfterUpgrade(memory, labs) } : asking;
      const order = orderFor(
        { ...options, ...asked, throughput: false },
        { modes: [to ?? from], plan, keep: false, standing, memory, tour, again: ["check", ref.runId] },
      );
      await runAndReport({ order, labs, telling: options });
    },
  );
}

/** The mode to change to; undefined where an event is wanted instead. */
function wanted({ to, event }: SwitchVerbOptions): Mode | undefined {
  if (to !== undefined && event !== undefined) {
    throw new UsageError("--event happens in the mode that the lab is in", { fix: "leave --to or --event out" });
  }
  if (to !== undefined) return oneModeOf(to, "--to");
  if (event !== undefined) return undefined;
  throw new UsageError("switch needs the mode to change to", { fix: "for example --to VXLANCrossSubnet" });
}
