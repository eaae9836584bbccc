import { CommanderError } from "commander";
import { asTyped } from "../core/command-words.ts";
import { ExitCode, HarnessError, formatError } from "../core/errors.ts";
import { makeProgram } from "./program.ts";

/** Something that was printed could not be written. */
let outputLost = false;

const program = await makeProgram(process.argv.slice(2));

// Texts name our commands as a clone has them; this is the one place where all of them pass.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? asTyped(chunk) : chunk, ...rest);
}

// A reader that has enough (`| head`) must not crash us in the middle of a lab: the run goes on and is stored. Output that is lost
// to a full disk is no crash either, but must not look like success.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || outputLost) return;
    outputLost = true;
    process.stderr.write(`what was printed is not complete: ${message}\n`);
  });
}
process.on("exit", () => {
  if (outputLost && (process.exitCode ?? 0) === 0) process.exitCode = ExitCode.lab;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has printed its own message by now; only its choice of exit code is not ours.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  process.stderr.write(`${formatError(error)}\n`);
  return error instanceof HarnessError ? error.exitCode : ExitCode.lab;
}
