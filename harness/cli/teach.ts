import { CommanderError, Option, type Command, type Help } from "commander";
import { UsageError } from "../core/errors.ts";
import { helpGroups } from "./help-groups.ts";
import { installFlag } from "./install-option.ts";

/** A command that people really type, with what it does. */
export type Example = readonly [command: string, does: string];

/** Columns of a terminal whose width is not known, and the most that lines of names fill. */
const defaultColumns = 100;

/** Columns that an example with its explanation fills at most where no terminal tells its width. */
const exampleColumns = 120;

/**
 * Gives a command a help that begins with what people type. Options of its own are explained there; of those that it shares with others
 * `--help` shows the names by group, `--help GROUP` explains the options of a group, `--help all` those of all.
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
  const shown = headingsOf(command);
  const words = Math.max(...shown.map(([word]) => word.length));
  const own = ownOptions(command);
  const helper = helperOf(command);
  return [
    usageLine(command),
    "",
    helper.boxWrap(sentence(command.description()), helper.helpWidth ?? defaultColumns),
    "",
    ...exampleLines(examples),
    "",
    ...chapterOf("Arguments:", argumentItems(command)),
    ...chapterOf("Options:", items(own, helper)),
    ...(shown.length === 0
      ? []
      : [
          `${own.length === 0 ? "Options" : "Further options"}, by group; ${command.name()} --help GROUP explains one group, --help all explains every option:`,
          ...shown.map(([word, heading]) => {
            const names = optionsOf(command, heading).map(({ long, short }) => long ?? short ?? "");
            return wrapped(`  ${word.padEnd(words)}  `, names);
          }),
        ]),
  ]
    .join("\n")
    .trimEnd();
}

/** What each does stands behind it, or below where the terminal is too narrow for that. */
function exampleLines(examples: readonly Example[]): readonly string[] {
  const width = Math.max(...examples.map(([typed]) => typed.length));
  const widest = Math.max(...examples.map(([, does]) => width + does.length)) + "    ".length;
  if (widest <= (process.stdout.columns || exampleColumns))
    return examples.map(([typed, does]) => `  ${typed.padEnd(width)}  ${does}`);
  return examples.flatMap(([typed, does]) => [`  ${typed}`, `      ${does}`]);
}

function argumentItems(command: Command): readonly string[] {
  const helper = helperOf(command);
  const known = helper.visibleArguments(command);
  const width = Math.max(...known.map((one) => helper.argumentTerm(one).length));
  return known.map((one) =>
    helper.formatItem(helper.argumentTerm(one), width, helper.argumentDescription(one), helper),
  );
}

function chapterOf(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [heading, ...lines, ""];
}

function chapter(command: Command, group: string): string {
  const helper = helperOf(command);
  const known = headingsOf(command);
  const found = known.filter(([word]) => group === "all" || word === group);
  const own = group === "all" ? ownOptions(command) : [];
  if (found.length + own.length === 0) {
    const fix =
      known.length === 0
        ? "--help without a word explains all of its options"
        : `--help with one of: ${[...known.map(([word]) => word), "all"].join(", ")}`;
    throw new UsageError(`${command.name()} has no option group "${group}"`, { fix });
  }
  const chapters = found.map(([, heading]) => [heading, ...items(optionsOf(command, heading), helper)]);
  return [...(own.length === 0 ? [] : [["Options:", ...items(own, helper)]]), ...chapters]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function helperOf(command: Command): Help {
  const helper = command.createHelp();
  helper.helpWidth = process.stdout.columns || defaultColumns;
  return helper;
}

function items(options: readonly Option[], helper: Help): readonly string[] {
  const width = Math.max(...options.map((option) => helper.optionTerm(option).length));
  return options.map((option) =>
    helper.formatItem(helper.optionTerm(option), width, helper.optionDescription(option), helper),
  );
}

/** The groups that a command has options of; one that holds nothing but `--no-install` is none. */
function headingsOf(command: Command): readonly (readonly [word: string, heading: string])[] {
  return Object.entries(helpGroups).filter(([, heading]) =>
    optionsOf(command, heading).some(({ long }) => long !== installFlag),
  );
}

/** Options in no group that is shown. */
function ownOptions(command: Command): readonly Option[] {
  const grouped = headingsOf(command).flatMap(([, heading]) => optionsOf(command, heading));
  return command.options.filter((option) => !option.hidden && !grouped.includes(option));
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
