import { Command, CommanderError } from "commander";
import { asTyped } from "../core/command-words.ts";
import { ExitCode, HarnessError, formatError } from "../core/errors.ts";
import { addCache } from "./cache.ts";
import { addCheck } from "./check.ts";
import { addCompare } from "./compare.ts";
import { addDoctor } from "./doctor.ts";
import { addDown } from "./down.ts";
import { addExplain } from "./explain.ts";
import { addInstallOption } from "./install-option.ts";
import { addList } from "./list.ts";
import { refuseEmptyValues } from "./refuse-empty.ts";
import { addReport } from "./report.ts";
import { addSchema } from "./schema.ts";
import { addSelftest } from "./selftest.ts";
import { addStatus } from "./status.ts";
import { addSuite } from "./suite.ts";
import { addUp } from "./up.ts";
import { harnessVersion } from "./version.ts";

const program = new Command("encaplab")
  .description("Proves in a lab, on the wire, which encapsulation Calico really uses.")
  .version(harnessVersion)
  .showHelpAfterError("(run with --help for usage)")
  .addHelpText("after", examples())
  .exitOverride();

for (const add of [
  addSuite,
  addList,
  addDoctor,
  addUp,
  addCheck,
  addDown,
  addStatus,
  addExplain,
  addCompare,
  addReport,
  addSelftest,
  addSchema,
  addCache,
]) {
  add(program);
}
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError("(run with --help for usage)");
  addInstallOption(command);
  refuseEmptyValues(command);
}

// Texts name our commands as a clone has them; this is the one place where all of them pass.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? asTyped(chunk) : chunk, ...rest);
}

// A reader that has enough (`| head`) must not crash us in the middle of a lab: the run goes on and is stored.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

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

function examples(): string {
  return `
Examples:
  npm run suite -- --mode CrossSubnet            prove both CrossSubnet modes on the wire
  npm run suite -- --mode VXLAN --open           one mode, then open the report
  npm run lab -- list --mode all                 what would run, without running it
  npm run lab -- up --mode VXLANCrossSubnet      a lab that stays; break it by hand, then:
  npm run lab -- check                           probe it again and say what broke
  npm run lab -- explain capture.pcap            which encapsulation is in this capture?

Exit codes: 0 all passed · 1 a verdict failed · 2 usage error or nothing was run · 3 no lab, or inconclusive · 130 interrupted`;
}
