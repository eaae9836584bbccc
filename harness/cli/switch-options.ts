import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { parseModes } from "../encap/mode-words.ts";
import { modes as allModes, type Mode } from "../encap/mode.ts";
import { isEncrypted } from "../encap/wireguard.ts";
import type { Plan } from "../topology/plan.ts";
import type { Tour } from "../run/order.ts";
import { idleIn, switchEventNames, switchEvents, type SwitchEvent } from "../switch/switch-event.ts";
import { parseGap, parseLoss } from "../switch/budget.ts";
import { helpGroups } from "./help-groups.ts";

/** Options that say what a change of mode may cost, and what is done beside it. */
export interface SwitchOptions {
  readonly maxGap?: number;
  readonly maxLoss?: number;
  readonly allowLeak?: boolean;
  readonly born: boolean;
}

/** A UsageError where nobody could follow streams through a change: they are known by what WireGuard encrypts. */
export function refuseEncrypted(plan: Plan): void {
  if (!isEncrypted(plan)) return;
  throw new UsageError("a change under traffic follows each packet by its content, which WireGuard encrypts", {
    fix: "take a topology without wireguard: true",
  });
}

/** Adds the options that say what a change of mode may cost. */
export function addSwitchOptions(command: Command): Command {
  const options = [
    new Option(
      "--max-gap <time>",
      "fail where nothing arrives for longer, or a long TCP connection dies: 50ms, 2s",
    ).argParser(parseGap),
    new Option("--max-loss <percent>", "fail where more of a direction's packets are lost: 1%").argParser(parseLoss),
    new Option("--no-leak", "fail where a packet is in a form of neither mode (the default)"),
    new Option("--allow-leak", "tell such packets, and do not fail for them"),
    new Option("--no-born", "build no second lab in the new mode to find out what was left behind"),
  ];
  for (const option of options) command.addOption(option.helpGroup(helpGroups.switch));
  return command;
}

/** The option that names what happens under traffic, beside or in place of what a verb does otherwise. */
export function eventOption(place: string): Option {
  const all = Object.entries(switchEvents).map(([name, words]) => `${name}: ${words}`);
  return new Option("--event <name>", `${place}; ${all.join("; ")}`)
    .choices([...switchEventNames])
    .helpGroup(helpGroups.switch);
}

/** The tour that the options ask for. */
export function tourOf(
  modes: readonly Mode[],
  { maxGap, maxLoss, allowLeak, born }: SwitchOptions,
  event?: SwitchEvent,
): Tour {
  const idle = modes.flatMap((mode) => (event === undefined ? [] : (idleIn(mode, event) ?? [])))[0];
  if (idle !== undefined) throw new UsageError(idle, { fix: "name a mode with encapsulation: --mode VXLAN" });
  return {
    modes,
    ...(event === undefined ? {} : { event }),
    budget: {
      ...(maxGap === undefined ? {} : { maxGapMs: maxGap }),
      ...(maxLoss === undefined ? {} : { maxLoss }),
      leaksAllowed: allowLeak === true,
    },
    compareBorn: born,
  };
}

/** The one mode that a word means; UsageError where it means several. */
export function oneModeOf(word: string, flag: string): Mode {
  const [mode, ...others] = parseModes([word], "all");
  if (mode !== undefined && others.length === 0) return mode;
  const complete = allModes.map(({ calicoName }) => calicoName);
  throw new UsageError(`${flag} ${word} stands for several modes`, { fix: `give one of ${complete.join(", ")}` });
}

/** Modes of `--switch` where none are named: with encapsulation, without, across racks alone, and back. */
function usualTour(encapsulation: string): readonly string[] {
  return [encapsulation, "None", `${encapsulation}CrossSubnet`, encapsulation];
}

/** The encapsulation whose usual tour `--mode` asks for; IPIP where it says nothing. */
function encapsulationIn(asked: readonly string[]): string {
  const [word = "IPIP"] = asked;
  const found = ["IPIP", "VXLAN"].find((name) => name.toLowerCase() === word.toLowerCase());
  if (found !== undefined && asked.length <= 1) return found;
  throw new UsageError(`--mode ${asked.join(",")} names no tour`, {
    fix: "with --switch alone, --mode is IPIP or VXLAN; or name all modes: --switch VXLAN,None,VXLAN",
  });
}

/** The modes of `--switch`, in the order of the way; two at least, and no two alike in a row. `asked` are the words of `--mode`. */
export function tourModes(given: readonly string[] | true, asked: readonly string[] = []): readonly Mode[] {
  if (given !== true && asked.length > 0)
    throw new UsageError("--switch names the modes itself", { fix: "leave --mode out" });
  const words = given === true ? usualTour(encapsulationIn(asked)) : given;
  const modes = words.map((word) => oneModeOf(word, "--switch"));
  const stands = modes.find((mode, index) => mode === modes[index - 1]);
  if (modes.length >= 2 && stands === undefined) return modes;
  const problem = stands === undefined ? "names one mode alone" : `goes from ${stands.calicoName} to itself`;
  throw new UsageError(`--switch ${words.join(",")} ${problem}`, { fix: "for example --switch VXLAN,None,VXLAN" });
}
