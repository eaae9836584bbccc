import type { Command, Option } from "commander";

/** Options that whoever repeats one path of a run gives anew, and --open, which is for one time. */
const givenAnew = ["--mode", "--encap", "--paths", "--shard", "--open"];

/** Verb and options that repeat the run of this command line, but for its modes and paths; a lab that is up is named. */
export function againWords(command: Command, lab?: string): readonly string[] {
  const argv = process.argv.slice(process.argv.indexOf(command.name()) + 1);
  return [command.name(), ...(lab === undefined ? [] : [lab]), ...typedWords(command, argv, givenAnew)];
}

/**
 * The words of a command line but for some options and their values: what has to be typed again for the same with other values
 * of these. Words that stand alone, as the id of a lab, are left out too.
 */
export function typedWords(command: Command, argv: readonly string[], without: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    const [name, joined] = splitOnce(word);
    const option = command.options.find(({ long, short }) => name !== "" && (name === long || name === short));
    if (option === undefined) continue;
    const own = takesNext(option, joined, argv[index + 1]) ? 2 : 1;
    if (!without.includes(option.long ?? "")) kept.push(...argv.slice(index, index + own));
    index += own - 1;
  }
  return kept;
}

function splitOnce(word: string): readonly [string, string?] {
  const at = word.indexOf("=");
  return at < 0 || !word.startsWith("--") ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function takesNext({ required, optional }: Option, joined: string | undefined, next: string | undefined): boolean {
  if (joined !== undefined || next === undefined) return false;
  return required || (optional && !next.startsWith("-"));
}
