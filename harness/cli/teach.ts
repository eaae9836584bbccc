import { CommanderError, Option, type Command, type Help } from "commander";
import { UsageError } from "../core/errors.ts";
import { helpGroups } from "./help-groups.ts";

/** A command that people really type, with what it does. */
export type Example = readonly [command: string, does: string];

/** Columns of a terminal whose width is not known, and the most that lines of names fill. */
const defaultColumns = 100;

/**
 * Gives a command with many options a help of two steps: `--help` shows how it is used, and the names of the options by group;
 * `--help GROUP` explains the options of a group, `--help all` those of all.
 */
export function teach(command: Command, usage: string, examples: readonly Example[]): Command {
  command
    .usage(usage)
    .helpOption(false)
    .addOption(new Option("-h, --help [group]", "show help; with a group or all, its options in full").hideHelp())
    .on("option:help", (group: string | null) => {
      process.stdout.write(`${group === null ? overview(command, examples) : chapter(command, group)}\n`);
      throw new CommanderError(0, "commander.helpDisplayed", "(outputHelp)");
    });
  return command.configureHelp({ formatHelp: () => `${overview(command, examples)}\n` });
}

function overview(command: Command, examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([typed]) => typed.length));
  const shown = Object.entries(helpGroups).filter(([, heading]) => optionsOf(command, heading).length > 0);
  const words = Math.max(...shown.map(([word]) => word.length));
  return [
    usageLine(command),
    "",
    sentence(command.description()),
    "",
    ...examples.map(([typed, does]) => `  ${typed.padEnd(width)}  ${does}`),
    "",
    `Options, by group; ${command.name()} --help GROUP explains one group, --help all explains every option:`,
    ...shown.map(([word, heading]) => {
      const names = optionsOf(command, heading).map(({ long, short }) => long ?? short ?? "");
      return wrapped(`  ${word.padEnd(words)}  `, names);
    }),
  ].join("\n");
}

function chapter(command: Command, group: string): string {
  const helper = command.createHelp();
  helper.helpWidth = process.stdout.columns || defaultColumns;
  const headings = Object.entries(helpGroups).filter(([word]) => group === "all" || word === group);
  const found = headings.filter(([, heading]) => optionsOf(command, heading).length > 0);
  if (found.length === 0) {
    const known = Object.entries(helpGroups).filter(([, heading]) => optionsOf(command, heading).length > 0);
    throw new UsageError(`${command.name()} has no option group "${group}"`, {
      fix: `--help with one of: ${[...known.map(([word]) => word), "all"].join(", ")}`,
    });
  }
  return found.map(([, heading]) => [heading, ...items(command, heading, helper)].join("\n")).join("\n\n");
}

function items(command: Command, heading: string, helper: Help): readonly string[] {
  const options = optionsOf(command, heading);
  const width = Math.max(...options.map((option) => helper.optionTerm(option).length));
  return options.map((option) =>
    helper.formatItem(helper.optionTerm(option), width, helper.optionDescription(option), helper),
  );
}

function optionsOf(command: Command, heading: string): readonly Option[] {
  return command.options.filter(({ helpGroupHeading, hidden }) => helpGroupHeading === heading && !hidden);
}

function usageLine(command: Command): string {
  return `Usage: ${command.usage()}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Words after a head, broken into lines that begin below the first word. */
function wrapped(head: string, words: readonly string[]): string {
  const lines: string[] = [];
  let line = head;
  for (const [index, word] of words.entries()) {
    const piece = index === words.length - 1 ? word : `${word},`;
    if (line.length + piece.length > defaultColumns && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = " ".repeat(head.length);
    }
    line += `${piece} `;
  }
  return [...lines, line.trimEnd()].join("\n");
}
