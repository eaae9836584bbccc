import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { parse } from "yaml";
import { UsageError, messageOf } from "../core/errors.ts";

/**
 * The command's options, those of `--config` filled in where no flag was given. Keys are the long flags, with or without
 * dashes in camel case: `mode: [VXLAN, None]`, `capture-buffer: 64M`. Throws a UsageError for unknown keys and bad values.
 */
export async function loadConfig<T>(command: Command): Promise<T> {
  const { config } = command.opts<{ config?: string }>();
  if (config !== undefined) applyConfig(command, config, await readConfig(config));
  return command.opts<T & Record<string, unknown>>();
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UsageError(`cannot read the configuration file ${path}`, { cause });
  });
  try {
    const value: unknown = parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a mapping");
    return value as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${path} is not a YAML mapping of options: ${messageOf(error)}`);
  }
}

function applyConfig(command: Command, path: string, values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) {
    const option = command.options.find(
      (candidate) => candidate.attributeName() === key || candidate.long === `--${key}`,
    );
    if (option === undefined || key === "config") {
      const known = command.options.flatMap(({ long }) => (long === undefined ? [] : [long.slice(2)]));
      throw new UsageError(`${path}: unknown option "${key}"; known: ${known.join(", ")}`);
    }
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === "cli") continue;
    command.setOptionValueWithSource(name, convert(path, key, option, value), "config");
  }
}

type Option = Command["options"][number];

function convert(path: string, key: string, option: Option, value: unknown): unknown {
  if (typeof value === "boolean") {
    if (option.required) throw new UsageError(`${path}: ${key} takes a value, not ${String(value)}`);
    return value;
  }
  const words = (Array.isArray(value) ? value : [value]).map(String);
  try {
    const { parseArg } = option;
    if (parseArg === undefined) return words[0];
    return words.reduce<unknown>((before, word) => parseArg(word, before), []);
  } catch (error) {
    throw new UsageError(`${path}: ${key}: ${messageOf(error)}`);
  }
}
