import { LabError } from "../../core/errors.ts";
import { CommandError, succeeded } from "../../exec/command-error.ts";
import { runEverywhere, type PlacedScript } from "../../exec/run-everywhere.ts";

/**
 * Runs nodes' scripts, all to their end even where one fails: an undo must not meet a script that is still at work. Where a
 * batch fails, ip(8) tells only the number of a line ("Command failed -:7"): the error names that line, so that it can be
 * tried by hand.
 */
export async function runNodeScripts(placed: readonly PlacedScript[]): Promise<void> {
  const numberedScripts = placed.map(({ executor, script }) => ({ executor, script: numbered(script) }));
  const results = await runEverywhere(numberedScripts, { stopAtError: true });
  for (const [index, result] of results.entries()) {
    try {
      succeeded(result);
    } catch (error) {
      throw error instanceof CommandError ? explained(placed[index]?.script ?? "", error) : error;
    }
  }
}

const opening = /^(.*<<'END'.*)$/;

/** Announces each batch on stderr before it starts, which costs no process. */
function numbered(script: string): string {
  let count = 0;
  return script.replace(new RegExp(opening, "gm"), (line) => `echo batch ${++count} >&2\n${line}`);
}

function explained(script: string, error: CommandError): CommandError | LabError {
  const said = error.result?.stderr ?? "";
  const failed = failedLine(script, said);
  if (failed === undefined) return error;
  const tail = said.replace(/^batch \d+\n/gm, "");
  return new LabError(`the reference dataplane could not be programmed: \`${failed}\` failed`, {
    ...error.details,
    command: failed,
    tail,
    cause: error,
  });
}

/** The batch line that failed, with the program that read it: "ip link add …". */
function failedLine(script: string, said: string): string | undefined {
  const batch = [...said.matchAll(/^batch (\d+)$/gm)].at(-1)?.[1];
  const line = /^Command failed -:(\d+)/m.exec(said)?.[1];
  if (batch === undefined || line === undefined) return undefined;
  const lines = script.split("\n");
  const start = lines.flatMap((text, index) => (opening.test(text) ? [index] : []))[Number(batch) - 1];
  if (start === undefined) return undefined;
  const program = lines[start]?.replace(/ -batch.*/, "") ?? "";
  return `${program} ${lines[start + Number(line)] ?? ""}`;
}
