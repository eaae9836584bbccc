import { readFile } from "node:fs/promises";
import type { Command, Option } from "commander";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Pair, type Scalar } from "yaml";
import { didYouMean } from "../core/closest-name.ts";
import { UsageError, messageOf } from "../core/errors.ts";

/**
 * The command's options, those of `--config` filled in where no flag was given. Keys are the long flags, without dashes or in
 * camel case: `mode: [VXLAN, None]`, `capture-buffer: 64M`, `keep: true`. Values are read as the flags' own; one UsageError lists
 * everything that is wrong as `file.yaml:3:7 keep: …`.
 */
export async function loadConfig<T>(command: Command): Promise<T> {
  const { config } = command.opts<{ config?: string }>();
  if (config !== undefined) applyConfig(command, config, await readText(config));
  return command.opts<T & Record<string, unknown>>();
}

/** Fills in the options that a configuration gives and no flag does. */
export function applyConfig(command: Command, path: string, text: string): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset = 0): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [syntax] = [...document.errors, ...document.warnings];
  if (syntax !== undefined) throw new UsageError(`${at(syntax.pos[0])} ${syntax.message}`);
  const { contents } = document;
  if (!isMap(contents)) throw new UsageError(`${at()} is not a YAML mapping of options, like  mode: VXLAN`);
  const problems: string[] = [];
  for (const pair of contents.items) {
    try {
      applyPair(command, pair);
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw error;
      problems.push(`${at(error.offset)} ${error.message}`);
    }
  }
  const [first, ...others] = problems;
  if (first === undefined) return;
  throw new UsageError(others.length === 0 ? first : `${path} has ${problems.length} problems`, {
    ...(others.length === 0 ? {} : { tail: problems.join("\n") }),
    fix: `npm run suite -- --help all  explains every option`,
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read the configuration file ${path}`, { cause, fix: "check the path" });
  }
}

/** What is wrong with one entry, and where in the text. */
class ConfigProblem extends Error {
  readonly offset: number;

  constructor(node: unknown, message: string) {
    super(message);
    this.offset = (node as { range?: readonly [number, ...unknown[]] | null } | null)?.range?.[0] ?? 0;
  }
}

function applyPair(command: Command, pair: Pair): void {
  const key = isScalar(pair.key) ? String(pair.key.value) : "";
  const option = command.options.find(({ long }) => long === `--${key}`) ?? byAttribute(command, key);
  if (option === undefined || key === "config" || key === "help") {
    const known = command.options.flatMap(({ long, hidden }) => (hidden || long === undefined ? [] : [long.slice(2)]));
    throw new ConfigProblem(pair.key, `unknown option "${key}"${didYouMean(key, known)}; known: ${known.join(", ")}`);
  }
  const name = option.attributeName();
  const value = valueOf(option, key, pair);
  if (command.getOptionValueSource(name) === "cli") return;
  command.setOptionValueWithSource(name, value, "config");
}

function byAttribute(command: Command, key: string): Option | undefined {
  return command.options.find((option) => option.attributeName() === key);
}

function valueOf(option: Option, key: string, pair: Pair): unknown {
  const takesValue = option.required || option.optional;
  return takesValue ? wordsOf(option, key, pair) : switchOf(option, key, pair);
}

/** `throughput: false` and `no-throughput: true` say the same. */
function switchOf(option: Option, key: string, { key: at, value }: Pair): boolean {
  const given = isScalar(value) ? value.value : undefined;
  if (typeof given !== "boolean") {
    const shown = isScalar(value) ? sourceOf(value) : "a list or mapping";
    throw new ConfigProblem(
      value ?? at,
      `${key}: takes true or false, not ${shown} (YAML 1.2 has no yes, no, on, off)`,
    );
  }
  return option.negate && option.long === `--${key}` ? !given : given;
}

function wordsOf(option: Option, key: string, { key: at, value }: Pair): unknown {
  const nodes = isSeq(value) ? value.items : [value];
  const words = nodes.map((node) => {
    if (isScalar(node) && node.value !== null && typeof node.value !== "boolean") return { node, word: sourceOf(node) };
    const shown = isScalar(node) && typeof node.value === "boolean" ? String(node.value) : undefined;
    const what = shown ?? (isAlias(node) ? "an alias" : "nothing, a list or a mapping");
    throw new ConfigProblem(node ?? at, `${key}: takes a value, not ${what}`);
  });
  let read: unknown = [];
  for (const { node, word } of words) {
    if (word === "") throw new ConfigProblem(node, `${key}: takes a value, and this one is empty`);
    try {
      read = option.parseArg === undefined ? word : option.parseArg(word, read);
    } catch (error) {
      throw new ConfigProblem(node, `${key}: ${word}: ${messageOf(error)}`);
    }
  }
  const repeats = Array.isArray(read);
  if (words.length === 0 || (words.length > 1 && !repeats)) {
    throw new ConfigProblem(value ?? at, `${key}: takes one value, not ${words.length}`);
  }
  return read;
}

/** As it is written, so that a kernel 6.10 does not become 6.1. */
function sourceOf(node: Scalar): string {
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}
