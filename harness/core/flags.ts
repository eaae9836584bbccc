import { resolve } from "node:path";

/** One option of the command line as its owner declares it; the key it stands under is its long name in camel case. */
export interface Flag<T> {
  /** Placeholder of its value in the help: "file"; missing = it takes none. */
  readonly value?: string;
  readonly help: string;
  /** Its value is a path: of a file or folder, or of a program, which may be a name on the PATH instead. */
  readonly path?: "file" | "program";
  /** The key under which it went before: that name still works, and says what it is called now. */
  readonly formerly?: string;
  /** Words that it takes; missing = any. */
  readonly choices?: readonly string[];
  /** Reads a value; `before` is what the same flag gave so far, where it is repeated. A RangeError says what is wrong. */
  read(text: string, before: T | undefined): T;
}

/** The flags of one owner. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What the command line gave for some flags; what was not given is missing. */
export type Given<F extends Flags> = {
  readonly [Key in keyof F]?: F[Key] extends Flag<infer T> ? T : never;
};

/** What the command line gave, by the flags' keys, before an owner has picked its own. */
export type AllGiven = Readonly<Record<string, unknown>>;

/** A flag with one value, whatever it is. */
export function text(value: string, help: string): Flag<string> {
  return { value, help, read: (word) => word };
}

/** A flag with the path of a file or folder. */
export function file(value: string, help: string): Flag<string> {
  return { ...text(value, help), path: "file" };
}

/** A flag with a program: its path, or its name on the PATH. */
export function program(help: string): Flag<string> {
  return { ...text("path", help), path: "program" };
}

/** A flag that takes one of some words. */
export function oneOf<const Word extends string>(value: string, choices: readonly Word[], help: string): Flag<Word> {
  return {
    value,
    help,
    choices,
    read: (word) => {
      const chosen = choices.find((choice) => choice === word);
      if (chosen === undefined) throw new RangeError(`allowed choices are ${choices.join(", ")}.`);
      return chosen;
    },
  };
}

/** A flag whose words stand between commas, and that may be repeated. */
export function words(value: string, help: string): Flag<readonly string[]> {
  return { value, help, read: (list, before = []) => [...before, ...splitWords(list)] };
}

/** A flag without a value. */
export function yes(help: string): Flag<true> {
  return { help, read: () => true };
}

/** The words of a comma-separated list; a list without any is a RangeError. */
export function splitWords(list: string): readonly string[] {
  const found = list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (found.length === 0) throw new RangeError("an option that takes a list got an empty one.");
  return found;
}

/** What was given for the flags of one owner. */
export function pick<F extends Flags>(flags: F, given: AllGiven): Given<F> {
  return Object.fromEntries(
    Object.entries(given).filter(([key, value]) => Object.hasOwn(flags, key) && value !== undefined),
  ) as Given<F>;
}

/** What was given, with paths that hold wherever it is read again. */
export function withWholePaths(flags: Flags, given: AllGiven): AllGiven {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const kind = flags[key]?.path;
      if (typeof value !== "string" || kind === undefined) return [key, value];
      return [key, kind === "file" || value.includes("/") ? resolve(value) : value];
    }),
  );
}

/** The long name of a flag: `agentImage` is `--agent-image`. */
export function longName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
