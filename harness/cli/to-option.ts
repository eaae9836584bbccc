import { InvalidArgumentError, Option } from "commander";
import { longName, type Flag } from "../core/flags.ts";

/** A flag as commander's option, in a group of the help. */
export function toOption(key: string, flag: Flag<unknown>, group: string): Option {
  const { value, help, choices } = flag;
  const option = new Option(`${longName(key)}${value === undefined ? "" : ` <${value}>`}`, help).helpGroup(group);
  if (choices !== undefined) return option.choices(choices);
  if (value === undefined) return option;
  return option.argParser((text: string, before: unknown) => {
    try {
      return flag.read(text, before);
    } catch (error) {
      throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error;
    }
  });
}
