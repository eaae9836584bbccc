// Writes the pages of docs/ that are made from the program itself: the command line, topology files, and captures.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command, Option } from "commander";
import { makeProgram } from "../harness/cli/program.ts";
import { topologyJsonSchema } from "../harness/topology/schema.ts";
import { wirePage } from "./wire-page.ts";

/** Where the pages are. */
export const docsFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "docs");

/** Pages that are made, by file name, as they must be. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  return {
    "cli.md": await cliPage(),
    "topologies.md": await topologiesPage(),
    "on-the-wire.md": await wirePage(note),
  };
}

const note = "<!-- Made by `npx tsx scripts/docs.ts`; a test tells when it is not up to date. -->";

async function cliPage(): Promise<string> {
  const { commands } = await makeProgram([]);
  const rows = commands.map(
    (command) => `| [\`${command.name()}\`](#${command.name()}) | ${cell(command.description())} |`,
  );
  return [
    "# The command line",
    note,
    "Every verb is `npm run lab -- VERB` in a clone and `encaplab VERB` where the package is installed; `npm run suite --` is short for `npm run lab -- suite`. Where another program reads the output, `npm run lab --silent -- VERB` keeps npm's own lines out of it.",
    ["| verb | does |", "| --- | --- |", ...rows].join("\n"),
    "Exit codes: 0 all passed (or go) · 1 a verdict failed (or no-go) · 2 wrong usage, or nothing was run · 3 no lab, or inconclusive · 130 interrupted.",
    ...commands.flatMap((command) => [
      ...verbSection(command),
      ...command.commands.flatMap((own) => verbSection(own, `${command.name()} ${own.name()}`)),
    ]),
  ]
    .join("\n\n")
    .concat("\n");
}

function verbSection(command: Command, name = command.name()): readonly string[] {
  const options = command.options.filter(({ hidden }) => !hidden);
  const words = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? "…" : ""}`;
    return `- \`${one.required ? name : `[${name}]`}\`: ${one.description}`;
  });
  const rows = options.map((option) => `| \`${option.flags.replaceAll("|", "\\|")}\` | ${cell(meaningOf(option))} |`);
  return [
    `## ${name}`,
    `${command.description()}.`,
    ...(words.length === 0 ? [] : [words.join("\n")]),
    ...(rows.length === 0 ? [] : [["| option | means |", "| --- | --- |", ...rows].join("\n")]),
  ];
}

function meaningOf({ description, argChoices, defaultValueDescription, defaultValue }: Option): string {
  const choices = argChoices === undefined ? "" : `; one of ${argChoices.join(", ")}`;
  const given: unknown = defaultValueDescription ?? defaultValue;
  const isTold = (typeof given === "string" && given !== "") || typeof given === "number";
  return `${description}${choices}${isTold ? ` (default: ${given})` : ""}`;
}

async function topologiesPage(): Promise<string> {
  const folder = join(docsFolder, "..", "topologies");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const example = await readFile(join(folder, "two-racks.yaml"), "utf8");
  return [
    "# Topology files",
    note,
    "A topology is a lab in YAML. `--topology NAME` takes one that comes with encaplab, `--topology ./mine.yaml` your own; `npm run lab -- schema topology` prints the JSON Schema for editors. What the words do to a lab is told in [topologies/README.md](../topologies/README.md).",
    `Those that come with it: ${names.map((name) => `[${name.replace(/\.yaml$/, "")}](../topologies/${name})`).join(", ")}.`,
    "The usual one:",
    `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``,
    "## Every key",
    ["| key | type | means |", "| --- | --- | --- |", ...keysOf(topologyJsonSchema(), "")].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

function keysOf(schema: Schema, above: string): readonly string[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, value]) => [
    `| \`${above}${name}\` | ${cell(typeOf(value))} | ${cell(value.description ?? "")} |`,
    ...keysOf(value, `${above}${name}.`),
  ]);
  const each = typeof additionalProperties === "object" ? keysOf(additionalProperties, `${above}NAME.`) : [];
  const listed = items === undefined ? [] : keysOf(items, `${above.replace(/\.$/, "")}[].`);
  return [...own, ...each, ...listed, ...anyOf.flatMap((one) => keysOf(one, above))];
}

function typeOf({ type, enum: words, minimum, maximum, items, anyOf, additionalProperties }: Schema): string {
  if (words !== undefined) return words.join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(" or ");
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (typeof additionalProperties === "object") return "map by name";
  const range = [
    ...(minimum === undefined || minimum < -1e9 ? [] : [`≥ ${minimum}`]),
    ...(maximum === undefined || maximum > 1e9 ? [] : [`≤ ${maximum}`]),
  ];
  return [type ?? "any", ...range].join(" ");
}

/** Text that may stand in a cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await generatedPages())) await writeFile(join(docsFolder, name), text);
}
