import { InvalidArgumentError, type Command } from "commander";

/** Lets no option of a command take an empty value: `--out ''` is a variable of a script that was never set. */
export function refuseEmptyValues(command: Command): void {
  for (const option of command.options.filter(({ required }) => required)) {
    const read = option.parseArg;
    option.argParser((text: string, before: unknown) => {
      if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
      return read === undefined ? text : read(text, before);
    });
  }
}
